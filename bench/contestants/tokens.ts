import { importJWK, type JWK, type JWTVerifyOptions, jwtVerify } from "jose"

const { BETTER_AUTH_SECRET, JWKS_URL = "", JWT_AUDIENCE = "", JWT_ISSUER = "" } = process.env

export const issuer = JWT_ISSUER
export const audience = JWT_AUDIENCE
export const secret = BETTER_AUTH_SECRET
export const algorithm = secret === undefined ? "EdDSA" : "HS256"

/** The issuer's key, as it publishes it. */
export const publishedKey = async () => {
  const answer = await fetch(JWKS_URL)
  const { keys } = (await answer.json()) as { readonly keys: ReadonlyArray<JWK> }
  const [key] = keys
  if (key === undefined) throw new Error(`There is no key at ${JWKS_URL}`)
  return key
}

const capacity = 10_000

/** Who a token names. One that was found good is known by its text until it ends. */
export const remembering = async () => {
  const key = secret === undefined ? await importJWK(await publishedKey(), algorithm) : new TextEncoder().encode(secret)
  const options: JWTVerifyOptions = { algorithms: [algorithm], issuer, audience, requiredClaims: ["sub", "exp"] }
  const known = new Map<string, { readonly user: string; readonly ends: number }>()

  const verify = async (token: string) => {
    const { payload } = await jwtVerify(token, key, options)
    const user = payload.sub ?? ""
    if (known.size >= capacity) known.clear()
    known.set(token, { user, ends: (payload.exp ?? 0) * 1000 })
    return user
  }

  return (authorization: string | undefined): string | Promise<string> => {
    const token = authorization?.startsWith("Bearer ") ? authorization.slice(7) : ""
    const entry = known.get(token)
    return entry !== undefined && entry.ends > Date.now() ? entry.user : verify(token)
  }
}
