import { Context, Duration, Effect, Layer, Metric } from "effect"
import { RateLimiter } from "effect/persistence"
import type { RateLimitScope } from "../api/errors/CommonErrors.ts"
import { type RateLimitQuota, windowSeconds } from "../domain/RateLimitQuota.ts"

/** What a bucket says to a request. Times are in milliseconds. */
export interface RateLimitResult {
  readonly isAllowed: boolean
  /** Whole tokens that are left. */
  readonly remaining: number
  /** Until there are as many as were asked for. */
  readonly retryAfter: number
  readonly untilFull: number
}

export interface RateLimitRule {
  readonly name: RateLimitScope
  readonly allowance: RateLimitQuota
  /** Takes so many tokens from a bucket, or none where it has fewer. While the buckets are away nothing is known. */
  take(key: string, tokens: number): Effect.Effect<RateLimitResult | undefined>
}

/** Requests that were refused, by the limit that they were above. */
export const rejected = Metric.counter("rate_limit_rejected_requests_total", {
  description: "Requests above a limit",
  incremental: true
})

/** Requests that went on uncounted because the buckets were away. */
export const failOpen = Metric.counter("rate_limit_fail_open_total", {
  description: "Requests that went on because the limits could not be asked",
  incremental: true
})

/** That the buckets are away is told once, and so is their return, with how many requests went on meanwhile. */
const makeOutage = () => {
  let requests = 0
  return {
    lost: ({ reason }: RateLimiter.RateLimiterError) =>
      Effect.suspend(() => {
        requests++
        return Effect.andThen(
          Metric.update(failOpen, 1),
          requests === 1 ? Effect.logWarning(`requests are not limited: ${reason.message}`) : Effect.void
        )
      }).pipe(Effect.as(undefined)),
    over: <A>(standing: A) => {
      if (requests === 0) return Effect.succeed(standing)
      const words = `requests are limited again; ${requests} went uncounted`
      requests = 0
      return Effect.as(Effect.logInfo(words), standing)
    }
  }
}

/** How often an address and a user may ask. A limit that is absent is off. */
export class RateLimiters extends Context.Service<
  RateLimiters,
  { readonly address: RateLimitRule | undefined; readonly user: RateLimitRule | undefined }
>()("tasks/rate-limit/RateLimiters") {
  static readonly layerOff = Layer.succeed(RateLimiters, { address: undefined, user: undefined })

  static readonly layer = (allowances: { readonly [name in RateLimitScope]: RateLimitQuota | undefined }) =>
    Layer.effect(
      RateLimiters,
      Effect.gen(function* () {
        const store = yield* RateLimiter.RateLimiterStore
        const outage = makeOutage()

        const make = (name: RateLimitScope): RateLimitRule | undefined => {
          const allowance = allowances[name]
          if (allowance === undefined) return undefined
          const limit = allowance.tokens
          const interval = (windowSeconds[allowance.per] * 1000) / limit
          const refillRate = Duration.millis(interval)
          return {
            name,
            allowance,
            take: (key, cost) => {
              // What costs more than a whole bucket could never be had.
              const tokens = Math.min(cost, limit)
              return store.tokenBucket({ key: `${name}:${key}`, tokens, limit, refillRate, allowOverflow: false }).pipe(
                Effect.matchEffect({
                  onFailure: outage.lost,
                  onSuccess: ([left, elapsed]) => {
                    const isAllowed = left >= 0
                    const remaining = isAllowed ? left : left + tokens
                    return outage.over({
                      isAllowed,
                      remaining,
                      retryAfter: isAllowed ? 0 : -left * interval - elapsed,
                      untilFull: Math.max(0, (limit - remaining) * interval - elapsed)
                    })
                  }
                })
              )
            }
          }
        }

        return { address: make("address"), user: make("user") }
      })
    )
}
