import { Context, Effect, Layer, Metric } from "effect"
import type { RateLimitScope } from "../api/errors/CommonErrors.ts"
import { type RateLimitQuota, type RateLimitResult, windowSeconds } from "../domain/TokenBucket.ts"
import { RateLimitStore, type RateLimitStoreUnavailable } from "./RateLimitStore.ts"

export interface RateLimitRule {
  readonly name: RateLimitScope
  readonly quota: RateLimitQuota
  /** Takes `cost` tokens from the bucket of this key, or none if it has fewer. `undefined`: the limiter fails open. */
  take(key: string, cost: number): Effect.Effect<RateLimitResult | undefined>
  /** The same without a fiber. Present when the store is in memory, which never fails. */
  takeNow?(key: string, cost: number): RateLimitResult
}

const rejected = Metric.counter("rate_limit_rejected_requests_total", {
  description: "Requests rejected by a rate limit",
  incremental: true
})

/** Rejected requests of one limit. */
export const rejectedBy = (limit: RateLimitScope) => Metric.withAttributes(rejected, { limit })

const failOpen = Metric.counter("rate_limit_fail_open_total", {
  description: "Requests accepted without a rate limit because the store was unavailable",
  incremental: true
})

/** Logs the start of an outage of the store once, and its end with the number of requests without a limit. */
const makeOutageLog = () => {
  let requests = 0
  return {
    onUnavailable: Effect.fnUntraced(function* ({ message }: RateLimitStoreUnavailable) {
      const isFirst = requests++ === 0
      yield* Metric.update(failOpen, 1)
      if (isFirst) yield* Effect.logWarning(`rate limit store unavailable, requests are not limited: ${message}`)
      return undefined
    }),
    onResult: <A>(result: A) => {
      if (requests === 0) return Effect.succeed(result)
      const message = `rate limit store available again; ${requests} requests were not limited`
      requests = 0
      return Effect.as(Effect.logInfo(message), result)
    }
  }
}

/** The rate limits of addresses and users. An absent rule is switched off. */
export class RateLimiters extends Context.Service<
  RateLimiters,
  { readonly address: RateLimitRule | undefined; readonly user: RateLimitRule | undefined }
>()("tasks/rate-limit/RateLimiters") {
  static readonly layerOff = Layer.succeed(RateLimiters, { address: undefined, user: undefined })

  static readonly layer = (quotas: { readonly [scope in RateLimitScope]: RateLimitQuota | undefined }) =>
    Layer.effect(
      RateLimiters,
      Effect.gen(function* () {
        const store = yield* RateLimitStore
        const outage = makeOutageLog()
        const context = yield* Effect.context<never>()
        failOpen.updateUnsafe(0, context)

        const makeRule = (name: RateLimitScope): RateLimitRule | undefined => {
          const quota = quotas[name]
          if (quota === undefined) return undefined
          rejectedBy(name).updateUnsafe(0, context)
          const size = { tokens: quota.tokens, seconds: windowSeconds[quota.per] }
          // A cost above the size of a full bucket would never be allowed.
          const tokensFor = (cost: number) => Math.min(cost, size.tokens)
          const { takeNow } = store
          return {
            name,
            quota,
            take: (key, cost) =>
              store
                .take(`${name}:${key}`, tokensFor(cost), size)
                .pipe(Effect.matchEffect({ onFailure: outage.onUnavailable, onSuccess: outage.onResult })),
            ...(takeNow && { takeNow: (key: string, cost: number) => takeNow(`${name}:${key}`, tokensFor(cost), size) })
          }
        }

        return { address: makeRule("address"), user: makeRule("user") }
      })
    )
}
