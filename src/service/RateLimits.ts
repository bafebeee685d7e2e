import { Context, Duration, Effect, Layer, Metric } from "effect"
import { RateLimiter } from "effect/persistence"
import type { LimitName } from "../api/Problems.ts"
import { type Allowance, seconds } from "../domain/Allowance.ts"

/** What a bucket says to a request. Times are in milliseconds. */
export interface Standing {
  readonly isAllowed: boolean
  /** Whole tokens that are left. */
  readonly remaining: number
  /** Until there are as many as were asked for. */
  readonly retryAfter: number
  readonly untilFull: number
}

export interface Limit {
  readonly name: LimitName
  readonly allowance: Allowance
  /** Takes so many tokens from a bucket, or none where it has fewer. While the buckets are away nothing is known. */
  take(key: string, tokens: number): Effect.Effect<Standing | undefined>
}

/** Requests that were refused, by the limit that they were above. */
export const refused = Metric.counter("rate_limit_refused_requests_total", {
  description: "Requests above a limit",
  incremental: true
})

/** Requests that went on uncounted because the buckets were away. */
export const uncounted = Metric.counter("rate_limit_uncounted_requests_total", {
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
          Metric.update(uncounted, 1),
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
export class RateLimits extends Context.Service<
  RateLimits,
  { readonly address: Limit | undefined; readonly user: Limit | undefined }
>()("tasks/service/RateLimits") {
  static readonly layerOff = Layer.succeed(RateLimits, { address: undefined, user: undefined })

  static readonly layer = (allowances: { readonly [name in LimitName]: Allowance | undefined }) =>
    Layer.effect(
      RateLimits,
      Effect.gen(function* () {
        const store = yield* RateLimiter.RateLimiterStore
        const outage = makeOutage()

        const make = (name: LimitName): Limit | undefined => {
          const allowance = allowances[name]
          if (allowance === undefined) return undefined
          const limit = allowance.tokens
          const interval = (seconds[allowance.per] * 1000) / limit
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
