import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose"

export const algorithms = ["HS256", "EdDSA"] as const
export type Algorithm = (typeof algorithms)[number]

export interface AccessTokens {
  /** Environment variables with which a server verifies the tokens. */
  readonly environment: Readonly<Record<string, string>>
  readonly tokenOf: (user: string) => string
}

const issuer = "https://issuer.example"
const kid = "bench"

/** Publishes keys as a local issuer. */
const publish = (keys: ReadonlyArray<JWK>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const server = createServer((_request, response) => {
          response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys }))
        })
        await once(server.listen(0, "127.0.0.1"), "listening")
        return server
      }),
      (server) => Effect.sync(() => void server.close().closeAllConnections())
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  )

const makeKey = Effect.fnUntraced(function* (alg: Algorithm) {
  if (alg === "HS256") {
    const secret = randomBytes(32).toString("base64url")
    return { key: new TextEncoder().encode(secret), environment: { BETTER_AUTH_SECRET: secret } }
  }
  const { privateKey, publicKey } = yield* Effect.promise(() => generateKeyPair(alg, { extractable: true }))
  const jwk = { ...(yield* Effect.promise(() => exportJWK(publicKey))), alg, kid }
  return { key: privateKey, environment: { JWKS_URL: yield* publish([jwk]) } }
})

/** Signs a token for each user, with a shared secret or with a key that a local issuer publishes. */
export const make = Effect.fnUntraced(function* (alg: Algorithm, users: ReadonlyArray<string>) {
  const { environment, key } = yield* makeKey(alg)
  const sign = (user: string) =>
    new SignJWT({ email: "ada@example.com", name: "Ada" })
      .setProtectedHeader({ alg, kid })
      .setSubject(user)
      .setIssuer(issuer)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime("6 hours")
      .sign(key)
  const tokens = yield* Effect.promise(() => Promise.all(users.map(async (user) => [user, await sign(user)] as const)))
  const byUser = new Map(tokens)
  return {
    environment: { JWT_ISSUER: issuer, JWT_AUDIENCE: issuer, ...environment },
    tokenOf: (user) => byUser.get(user) ?? ""
  } satisfies AccessTokens
})
