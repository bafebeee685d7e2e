import { Context, Effect, Exit, Metric } from "effect"
import { RateLimited } from "../../api/errors/CommonErrors.ts"
import { RateLimit, RateLimitCost } from "../../api/middleware/RateLimit.ts"
import { windowSeconds } from "../../domain/RateLimitQuota.ts"
import { type RateLimitResult, type RateLimitRule, rejected } from "../../rate-limit/RateLimiters.ts"
import { rateLimitAddress } from "./ClientAddress.ts"
import type { RequestContext, StepResult } from "./RequestContext.ts"

const subject = { address: "An address", user: "A user" }

/** Whole seconds, rounded up. */
const wholeSeconds = (milliseconds: number) => Math.ceil(milliseconds / 1000)

/**
 * Takes tokens for a request, records the limit's state for the response headers
 * (draft-ietf-httpapi-ratelimit-headers) and fails with 429 where there are too few.
 */
const enforce = (rule: RateLimitRule) => {
  const { name, quota } = rule
  const policy = `"${name}";q=${quota.tokens};w=${windowSeconds[quota.per]}`
  const detail = `${subject[name]} may send ${quota.tokens} requests a ${quota.per}. Wait for the seconds that Retry-After states.`
  const countRejected = Metric.update(Metric.withAttributes(rejected, { limit: name }), 1)

  const decide = (request: RequestContext, result: RateLimitResult | undefined): StepResult => {
    if (result === undefined) {
      request.failedOpen = true
      return Exit.void
    }
    const state = `"${name}";r=${result.remaining};t=${wholeSeconds(result.untilFull)}`
    const { rateLimit } = request
    request.rateLimit =
      rateLimit === undefined
        ? { policy, state }
        : { policy: `${rateLimit.policy}, ${policy}`, state: `${rateLimit.state}, ${state}` }
    if (result.isAllowed) return Exit.void
    Effect.runSync(countRejected)
    return Exit.fail(new RateLimited({ detail, limit: name, retry_after: wholeSeconds(result.retryAfter) }))
  }

  return (request: RequestContext, key: string, cost: number): StepResult => {
    // Once a limiter was unavailable, the request waits for no other and counts nowhere.
    if (request.failedOpen) return Exit.void
    if (rule.takeNow !== undefined) return decide(request, rule.takeNow(key, cost))
    return Effect.flatMap(rule.take(key, cost), (result) => decide(request, result))
  }
}

/** Limits the requests of an address. Health checks and preflights are free: they must always be answered. */
export const addressLimit = (rule: RateLimitRule | undefined, isFree: (request: RequestContext) => boolean) => {
  if (rule === undefined) return () => Exit.void
  const take = enforce(rule)
  return (request: RequestContext): StepResult => {
    if (isFree(request)) return Exit.void
    return take(request, rateLimitAddress(request.clientAddress), 1)
  }
}

/** Limits the requests of a user, by what the endpoint says that a request costs. */
export const userLimit = (rule: RateLimitRule | undefined) => {
  if (rule === undefined) return () => Exit.void
  const take = enforce(rule)
  return (request: RequestContext): StepResult => {
    const { endpoint, user } = request
    if (user === undefined || endpoint?.middlewares.has(RateLimit) !== true) return Exit.void
    return take(request, user.id, Context.get(endpoint.annotations, RateLimitCost))
  }
}
