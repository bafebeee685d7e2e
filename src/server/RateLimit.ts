import { Context, Effect, Layer, Metric } from "effect"
import { RateLimited } from "../api/errors/CommonErrors.ts"
import { CurrentUser } from "../api/middleware/Authorization.ts"
import { RateLimit, RateLimitCost } from "../api/middleware/RateLimit.ts"
import { windowSeconds } from "../domain/RateLimitQuota.ts"
import { RateLimiters, type RateLimitResult, type RateLimitRule, rejected } from "../rate-limit/RateLimiters.ts"
import { Exchange } from "./RequestContext.ts"

const who = { address: "An address", user: "A user" }

/** Seconds are told whole, and never fewer than there are. */
const wholeSeconds = (milliseconds: number) => Math.ceil(milliseconds / 1000)

/**
 * Judges requests by a limit: takes the tokens, writes down where the caller stands for the headers that
 * the edge sends (draft-ietf-httpapi-ratelimit-headers), and says why where there are too few.
 */
export const judge = ({ name, quota: { per, tokens }, take }: RateLimitRule) => {
  const policy = `"${name}";q=${tokens};w=${windowSeconds[per]}`
  const detail = `${who[name]} may send ${tokens} requests a ${per}. Wait for as many seconds as Retry-After says.`
  const count = Metric.update(Metric.withAttributes(rejected, { limit: name }), 1)

  const tell = (exchange: Exchange, { remaining, untilFull }: RateLimitResult) => {
    const standing = `"${name}";r=${remaining};t=${wholeSeconds(untilFull)}`
    const { limits } = exchange
    exchange.limits =
      limits === undefined
        ? { "ratelimit-policy": policy, ratelimit: standing }
        : {
            "ratelimit-policy": `${limits["ratelimit-policy"]}, ${policy}`,
            ratelimit: `${limits.ratelimit}, ${standing}`
          }
  }

  return (exchange: Exchange, key: string, cost: number) =>
    // Where one limit could not be asked, the request is uncounted: it is not to wait for another, nor to count twice.
    exchange.isUncounted
      ? Effect.undefined
      : Effect.flatMap(take(key, cost), (standing) => {
          if (standing === undefined) {
            exchange.isUncounted = true
            return Effect.undefined
          }
          tell(exchange, standing)
          if (standing.isAllowed) return Effect.undefined
          const retry_after = wholeSeconds(standing.retryAfter)
          return Effect.as(count, new RateLimited({ detail, limit: name, retry_after }))
        })
}

/** Counts a request against its user's limit, by what its endpoint says that it costs. */
export const RateLimitLayer = Layer.effect(
  RateLimit,
  Effect.gen(function* () {
    const { user: limit } = yield* RateLimiters
    if (limit === undefined) return (httpEffect) => httpEffect
    const judgeUser = judge(limit)
    return (httpEffect, { endpoint }) =>
      Effect.gen(function* () {
        const { id } = yield* CurrentUser
        const refusal = yield* judgeUser(yield* Exchange, id, Context.get(endpoint.annotations, RateLimitCost))
        return yield* refusal ?? httpEffect
      })
  })
)
