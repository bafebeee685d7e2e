import { Context } from "effect"
import { HttpApiMiddleware, OpenApi } from "effect/http-api"
import { RateLimited } from "../errors/CommonErrors.ts"
import type { CurrentUser } from "./Authorization.ts"

/** The number of requests that one request to the endpoint counts as. */
export const RateLimitCost = Context.Reference<number>("tasks/api/RateLimitCost", { defaultValue: () => 1 })

/** Annotates an endpoint whose requests count more than once, for the limiter and for the OpenAPI document. */
export const rateLimitCost = (cost: number) =>
  Context.add(OpenApi.annotations({ override: { "x-rate-limit-cost": cost } }), RateLimitCost, cost)

/** Counts the requests of a user. It runs after authentication and before the rest of the request is read. */
export class RateLimit extends HttpApiMiddleware.Service<RateLimit, { requires: CurrentUser }>()(
  "tasks/api/RateLimit",
  { error: RateLimited.response }
) {}
