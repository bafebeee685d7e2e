import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"
import { exportJWK, generateKeyPair, SignJWT } from "jose"

export type Kind = "HS256" | "EdDSA"

export interface Identities {
  /** What a contestant has to know to tell whose token it has. */
  readonly settings: Readonly<Record<string, string>>
  readonly tokenOf: (user: string) => string
}

const issuer = "https://issuer.example"

const claims = { iss: issuer, aud: issuer, email: "someone@example.com", name: "Someone" }

/** A token for each user, of one kind: signed with a secret, or by an issuer that publishes its key. */
export const make = Effect.fnUntraced(function* (kind: Kind, users: ReadonlyArray<string>) {
  const secret = randomBytes(32).toString("base64url")
  const { privateKey, publicKey } = yield* Effect.promise(() => generateKeyPair("EdDSA", { extractable: true }))
  const jwk = yield* Effect.promise(() => exportJWK(publicKey))
  const key = kind === "HS256" ? new TextEncoder().encode(secret) : privateKey
  const tokens = yield* Effect.promise(() =>
    Promise.all(
      users.map(async (user) => {
        const jwt = new SignJWT({ ...claims, sub: user }).setProtectedHeader({ alg: kind, kid: "bench" })
        return [user, await jwt.setIssuedAt().setExpirationTime("6 hours").sign(key)] as const
      })
    )
  )
  const byUser = new Map(tokens)
  const settings = { JWT_ISSUER: issuer, JWT_AUDIENCE: issuer }
  return {
    settings:
      kind === "HS256"
        ? { ...settings, BETTER_AUTH_SECRET: secret }
        : { ...settings, JWKS_URL: yield* publish({ keys: [{ ...jwk, alg: kind, kid: "bench" }] }) },
    tokenOf: (user) => byUser.get(user) ?? ""
  } satisfies Identities
})

/** The URL of something that is served as JSON until the scope ends. */
const publish = (value: unknown) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const server = createServer((_request, response) => {
          response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value))
        })
        await once(server.listen(0, "127.0.0.1"), "listening")
        return server
      }),
      (server) => Effect.sync(() => void server.close().closeAllConnections())
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  )
