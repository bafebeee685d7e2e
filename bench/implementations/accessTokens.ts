import { importJWK, type JWK, type JWTVerifyOptions, jwtVerify } from "jose"

const { BETTER_AUTH_SECRET, JWKS_URL = "", JWT_AUDIENCE = "", JWT_ISSUER = "" } = process.env

export const issuer = JWT_ISSUER
export const audience = JWT_AUDIENCE
export const secret = BETTER_AUTH_SECRET
export const algorithm = secret === undefined ? "EdDSA" : "HS256"

/** The first key of the issuer's JSON Web Key Set. */
export const publishedKey = async () => {
  const response = await fetch(JWKS_URL)
  const { keys } = (await response.json()) as { readonly keys: ReadonlyArray<JWK> }
  const [key] = keys
  if (key === undefined) throw new Error(`No key at ${JWKS_URL}`)
  return key
}

const capacity = 10_000

/** Verifies a token and returns its user. The user of a verified token is cached until the token expires. */
export const cachingVerifier = async () => {
  const key = secret === undefined ? await importJWK(await publishedKey(), algorithm) : new TextEncoder().encode(secret)
  const options: JWTVerifyOptions = { algorithms: [algorithm], issuer, audience, requiredClaims: ["sub", "exp"] }
  const verified = new Map<string, { readonly user: string; readonly expiresAt: number }>()

  const verify = async (token: string) => {
    const { payload } = await jwtVerify(token, key, options)
    const user = payload.sub ?? ""
    if (verified.size >= capacity) verified.clear()
    verified.set(token, { user, expiresAt: (payload.exp ?? 0) * 1000 })
    return user
  }

  return (authorization: string | undefined): string | Promise<string> => {
    const token = authorization?.startsWith("Bearer ") ? authorization.slice(7) : ""
    const entry = verified.get(token)
    return entry !== undefined && entry.expiresAt > Date.now() ? entry.user : verify(token)
  }
}
