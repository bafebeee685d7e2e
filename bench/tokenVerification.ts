import { Duration, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { Auth } from "../src/auth/Auth.ts"
import { quantile } from "./statistics.ts"

/** Microseconds that the verification of a token takes, for its first use and for a use that finds it in the cache. */
export interface Verification {
  readonly algorithm: string
  readonly first: { readonly p50: number; readonly p99: number }
  readonly cached: { readonly p50: number; readonly p99: number }
}

const issuer = "https://issuer.example"
const secret = "kB7pWmX2cVq9RtZ4sLf8hJd3nGy6aE1u"

const sign = (alg: string, key: Parameters<SignJWT["sign"]>[0], count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      new SignJWT({ email: `user${n}@example.com`, name: `User ${n}` })
        .setProtectedHeader({ alg, kid: alg })
        .setSubject(`user${n}`)
        .setIssuer(issuer)
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime("15 minutes")
        .sign(key)
    )
  )

/** Verifies the tokens one after the other. */
const time = Effect.fnUntraced(function* (tokens: ReadonlyArray<string>) {
  const auth = yield* Auth
  const times: Array<number> = []
  for (const token of tokens) {
    const begin = performance.now()
    yield* auth.verify(token)
    times.push((performance.now() - begin) * 1000)
  }
  const sorted = Float64Array.from(times).sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
})

export const measureTokenVerification = Effect.fnUntraced(function* (count: number) {
  const pairs = yield* Effect.promise(() =>
    Promise.all(
      ["EdDSA", "ES256", "ES512", "RS256", "PS256"].map(async (alg) => ({ alg, ...(await generateKeyPair(alg)) }))
    )
  )
  const keys = yield* Effect.promise(() =>
    Promise.all(pairs.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), alg, kid: alg })))
  )
  const jwksResponse = HttpClient.make((request) =>
    Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ keys })))
  )
  const jwks = Auth.layerJwks({
    url: new URL(`${issuer}/api/auth/jwks`),
    issuer,
    audience: issuer,
    refresh: Duration.minutes(5),
    keep: Duration.days(1),
    cacheSize: count
  }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, jwksResponse)))
  const shared = Auth.layerSecret({ secret: Redacted.make(secret), issuer, audience: issuer, cacheSize: count })

  const found: Array<Verification> = []
  for (const { alg, key, layer } of [
    { alg: "HS256", key: new TextEncoder().encode(secret), layer: shared },
    ...pairs.map(({ alg, privateKey }) => ({ alg, key: privateKey, layer: jwks }))
  ]) {
    const tokens = yield* Effect.promise(() => sign(alg, key, count))
    const warmUp = tokens.splice(0, count / 10)
    found.push(
      yield* Effect.gen(function* () {
        yield* time(warmUp)
        return { algorithm: alg, first: yield* time(tokens), cached: yield* time(tokens) }
      }).pipe(Effect.provide(layer))
    )
  }
  return found
})
