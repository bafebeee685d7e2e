import { Context } from "effect"
import { HttpApiMiddleware, OpenApi } from "effect/http-api"
import { RateLimited } from "../errors/CommonErrors.ts"
import type { CurrentUser } from "./Authorization.ts"

/** How many requests one request to an endpoint counts as. */
export interface RequestCost {
  readonly base: number
  /** What query parameters add when they are sent. */
  readonly parameters: Readonly<Record<string, number>>
}

export const RateLimitCost = Context.Reference<RequestCost>("tasks/api/RateLimitCost", {
  defaultValue: () => ({ base: 1, parameters: {} })
})

/** Annotates an endpoint whose requests count more than once, for the limiter and for the OpenAPI document. */
export const rateLimitCost = (base: number, parameters: RequestCost["parameters"] = {}) =>
  Context.add(
    OpenApi.annotations({
      override: {
        "x-rate-limit-cost": base,
        ...(Object.keys(parameters).length > 0 && { "x-rate-limit-parameter-costs": parameters })
      }
    }),
    RateLimitCost,
    { base, parameters }
  )

/** What parameters of lists add: a count and a search may read all rows of the user. */
export const countCost = { count: 2 }
export const searchCost = { q: 2 }

/** Counts the requests of a user. It runs after authentication and before the rest of the request is read. */
export class RateLimit extends HttpApiMiddleware.Service<RateLimit, { requires: CurrentUser }>()(
  "tasks/api/RateLimit",
  { error: RateLimited.response }
) {}
