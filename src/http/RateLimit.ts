import { Context, Effect, Layer, Metric } from "effect"
import { CurrentUser } from "../api/Authorization.ts"
import { TooManyRequests } from "../api/Problems.ts"
import { Cost, RateLimit } from "../api/RateLimit.ts"
import { seconds } from "../domain/Allowance.ts"
import { type Limit, RateLimits, refused, type Standing } from "../service/RateLimits.ts"
import { Exchange } from "./Exchange.ts"

const who = { address: "An address", user: "A user" }

/** Seconds are told whole, and never fewer than there are. */
const wholeSeconds = (milliseconds: number) => Math.ceil(milliseconds / 1000)

/**
 * Judges requests by a limit: takes the tokens, writes down where the caller stands for the headers that
 * the edge sends (draft-ietf-httpapi-ratelimit-headers), and says why where there are too few.
 */
export const judge = ({ allowance: { per, tokens }, name, take }: Limit) => {
  const policy = `"${name}";q=${tokens};w=${seconds[per]}`
  const detail = `${who[name]} may send ${tokens} requests a ${per}. Wait for as many seconds as Retry-After says.`
  const count = Metric.update(Metric.withAttributes(refused, { limit: name }), 1)

  const tell = (exchange: Exchange, { remaining, untilFull }: Standing) => {
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
          return Effect.as(count, new TooManyRequests({ detail, limit: name, retry_after }))
        })
}

/** Counts a request against its user's limit, by what its endpoint says that it costs. */
export const RateLimitLayer = Layer.effect(
  RateLimit,
  Effect.gen(function* () {
    const { user: limit } = yield* RateLimits
    if (limit === undefined) return (httpEffect) => httpEffect
    const judgeUser = judge(limit)
    return (httpEffect, { endpoint }) =>
      Effect.gen(function* () {
        const { id } = yield* CurrentUser
        const refusal = yield* judgeUser(yield* Exchange, id, Context.get(endpoint.annotations, Cost))
        return yield* refusal ?? httpEffect
      })
  })
)
