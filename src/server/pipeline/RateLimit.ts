import { Context, Effect, Exit, Metric } from "effect"
import { RateLimited, type ValidationFailed } from "../../api/errors/CommonErrors.ts"
import { RateLimit, RateLimitCost, type RequestCost } from "../../api/middleware/RateLimit.ts"
import { type RateLimitResult, windowSeconds } from "../../domain/TokenBucket.ts"
import { type RateLimitRule, rejectedBy } from "../../rate-limit/RateLimiters.ts"
import { rateLimitAddress } from "./ClientAddress.ts"
import type { FinishedStep, RequestContext, StepResult } from "./RequestContext.ts"

const subject = { address: "An address", user: "A user" }

/** Whole seconds, rounded up. */
const wholeSeconds = (milliseconds: number) => Math.ceil(milliseconds / 1000)

/** Takes tokens for a request, and records the limit's state for the response headers (draft-ietf-httpapi-ratelimit-headers). */
const taker = (rule: RateLimitRule) => {
  const { name, quota } = rule
  const policy = `"${name}";q=${quota.tokens};w=${windowSeconds[quota.per]}`

  const record = (request: RequestContext, result: RateLimitResult | undefined) => {
    if (result === undefined) request.failedOpen = true
    else {
      const state = `"${name}";r=${result.remaining};t=${wholeSeconds(result.untilFull)}`
      request.rateLimits[name] = { policy, state, remaining: result.remaining }
    }
    return result
  }

  return (
    request: RequestContext,
    key: string,
    cost: number,
    next: (result: RateLimitResult | undefined) => FinishedStep
  ): StepResult => {
    // Once a limiter was unavailable, the request waits for no other and counts nowhere.
    if (request.failedOpen) return Exit.void
    if (rule.takeNow !== undefined) return next(record(request, rule.takeNow(key, cost)))
    return Effect.flatMap(rule.take(key, cost), (result) => next(record(request, result)))
  }
}

/** Takes tokens for a request, and fails with 429 where there are too few. */
const enforce = (rule: RateLimitRule) => {
  const { name, quota } = rule
  const detail = `${subject[name]} may send ${quota.tokens} requests a ${quota.per}. Wait for the seconds that Retry-After states.`
  const countRejected = Metric.update(rejectedBy(name), 1)
  const take = taker(rule)

  const decide = (result: RateLimitResult | undefined): FinishedStep => {
    if (result === undefined || result.isAllowed) return Exit.void
    Effect.runSync(countRejected)
    return Exit.fail(new RateLimited({ detail, limit: name, retry_after: wholeSeconds(result.retryAfter) }))
  }
  return (request: RequestContext, key: string, cost: number) => take(request, key, cost, decide)
}

/** Limits the requests of an address. Health checks are free, as CORS preflights are: they must always be answered. */
export const addressLimit = (rule: RateLimitRule | undefined) => {
  if (rule === undefined) return () => Exit.void
  const take = enforce(rule)
  return (request: RequestContext): StepResult => {
    return request.isHealthCheck ? Exit.void : take(request, rateLimitAddress(request.clientAddress), 1)
  }
}

const costOf = ({ base, parameters }: RequestCost, request: RequestContext) => {
  let cost = base
  for (const name in parameters) if (request.query?.[name] !== undefined) cost += parameters[name] ?? 0
  return cost
}

/** Limits the requests of a user, by what the endpoint says that a request costs. */
export const userLimit = (rule: RateLimitRule | undefined) => {
  if (rule === undefined) return () => Exit.void
  const take = enforce(rule)
  return (request: RequestContext): StepResult => {
    const { endpoint, user } = request
    if (user === undefined || endpoint?.middlewares.has(RateLimit) !== true) return Exit.void
    return take(request, user.id, costOf(Context.get(endpoint.annotations, RateLimitCost), request))
  }
}

/** An invalid request counts as one more for so many errors: to find and list them takes time. */
const errorsPerRequest = 10

/** Ends an invalid request with its error, after it took further tokens for many errors, or those that are left. */
export const invalidRequestLimit = (rule: RateLimitRule | undefined) => {
  if (rule === undefined) return (_: RequestContext, error: ValidationFailed) => Exit.fail(error)
  const take = taker(rule)
  return (request: RequestContext, error: ValidationFailed): StepResult => {
    const remaining = request.rateLimits.user?.remaining ?? 0
    const cost = Math.min(Math.floor(error.errors.length / errorsPerRequest), remaining)
    if (request.user === undefined || cost === 0) return Exit.fail(error)
    return Effect.flatMap(
      take(request, request.user.id, cost, () => Exit.void),
      () => Exit.fail(error)
    )
  }
}
