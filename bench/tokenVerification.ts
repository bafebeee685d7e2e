import { Duration, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { Auth } from "../src/auth/Auth.ts"
import * as AccessTokens from "./accessTokens.ts"
import type { Figure } from "./results.ts"

const layer = (
  { BETTER_AUTH_SECRET, JWKS_URL, JWT_ISSUER }: AccessTokens.AccessTokens["environment"],
  cacheSize: number
) => {
  const claims = { issuer: JWT_ISSUER ?? "", audience: JWT_ISSUER ?? "", cacheSize }
  if (JWKS_URL === undefined) return Auth.layerSecret({ secret: Redacted.make(BETTER_AUTH_SECRET ?? ""), ...claims })
  const intervals = { refresh: Duration.minutes(5), maxStale: Duration.days(1) }
  return Auth.layerJwks({ url: new URL(JWKS_URL), ...intervals, ...claims }).pipe(Layer.provide(FetchHttpClient.layer))
}

const batches = 20

/** Verifies the tokens one after the other. Yields the mean time of each batch of tokens. */
const time = Effect.fnUntraced(function* (figure: string, tokens: ReadonlyArray<string>) {
  const auth = yield* Auth
  const size = tokens.length / batches
  const figures: Array<Figure> = []
  for (let n = 0; n < batches; n++) {
    const begin = performance.now()
    for (const token of tokens.slice(n * size, (n + 1) * size)) yield* auth.verify(token)
    const value = ((performance.now() - begin) * 1000) / size
    figures.push({ figure, implementation: "service", value, unit: "µs" })
  }
  return figures
})

/** The time to verify a token at its first use, and when it is found in the cache. */
export const measureTokenVerification = Effect.fnUntraced(function* (count: number) {
  const users = Array.from({ length: count }, (_, n) => `user${n}`)
  const figures = yield* Effect.forEach(
    AccessTokens.algorithms,
    Effect.fnUntraced(function* (algorithm) {
      const { environment, tokenOf } = yield* AccessTokens.make(algorithm, users)
      const tokens = users.map(tokenOf)
      const titles = [`${algorithm}, first use`, `${algorithm}, from the cache`]
      const timed = Effect.forEach(titles, (title) => time(`Verification of a token, ${title}`, tokens))
      return (yield* Effect.provide(timed, layer(environment, count))).flat()
    })
  )
  return { figures: figures.flat() }
})
