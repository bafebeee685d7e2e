import { Duration, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { Auth } from "../src/auth/Auth.ts"
import * as AccessTokens from "./accessTokens.ts"
import { quantile } from "./statistics.ts"

/** Microseconds that the verification of a token takes at its first use, and when it is found in the cache. */
export interface Verification {
  readonly algorithm: AccessTokens.Algorithm
  readonly first: { readonly p50: number; readonly p99: number }
  readonly cached: { readonly p50: number; readonly p99: number }
}

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

const layer = (
  { BETTER_AUTH_SECRET, JWKS_URL, JWT_ISSUER }: AccessTokens.AccessTokens["environment"],
  cacheSize: number
) => {
  const claims = { issuer: JWT_ISSUER ?? "", audience: JWT_ISSUER ?? "", cacheSize }
  if (JWKS_URL === undefined) return Auth.layerSecret({ secret: Redacted.make(BETTER_AUTH_SECRET ?? ""), ...claims })
  const intervals = { refresh: Duration.minutes(5), maxStale: Duration.days(1) }
  return Auth.layerJwks({ url: new URL(JWKS_URL), ...intervals, ...claims }).pipe(Layer.provide(FetchHttpClient.layer))
}

const measure = Effect.fnUntraced(function* (algorithm: AccessTokens.Algorithm, count: number) {
  const users = Array.from({ length: count }, (_, n) => `user${n}`)
  const { environment, tokenOf } = yield* AccessTokens.make(algorithm, users)
  const tokens = users.map(tokenOf)
  const warmUp = tokens.splice(0, count / 10)
  const timed = Effect.gen(function* () {
    yield* time(warmUp)
    return { algorithm, first: yield* time(tokens), cached: yield* time(tokens) } satisfies Verification
  })
  return yield* Effect.provide(timed, layer(environment, count))
}, Effect.scoped)

export const measureTokenVerification = (count: number) =>
  Effect.forEach(AccessTokens.algorithms, (algorithm) => measure(algorithm, count))
