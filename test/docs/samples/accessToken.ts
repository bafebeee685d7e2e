import { SignJWT } from "jose"

export const accessToken = (userId: string, secret: string) =>
  new SignJWT({ sub: userId })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("15 minutes")
    .sign(new TextEncoder().encode(secret))
