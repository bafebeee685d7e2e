import { Context } from "effect"
import { HttpApiMiddleware, OpenApi } from "effect/http-api"
import { TooManyRequests } from "../errors/CommonErrors.ts"
import type { CurrentUser } from "./Authorization.ts"

/** How many requests a request counts for. */
export const RateLimitCost = Context.Reference<number>("tasks/api/RateLimitCost", { defaultValue: () => 1 })

/** Declares on an endpoint that it counts for more than one request, to the limiter and to readers of the document. */
export const rateLimitCost = (cost: number) =>
  Context.add(OpenApi.annotations({ override: { "x-rate-limit-cost": cost } }), RateLimitCost, cost)

/** Counts the requests of a user. Judged when it is known who asks, and before anything else of the request. */
export class RateLimit extends HttpApiMiddleware.Service<RateLimit, { requires: CurrentUser }>()(
  "tasks/api/RateLimit",
  { error: TooManyRequests.response }
) {}
