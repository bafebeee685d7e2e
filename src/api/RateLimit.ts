import { Context } from "effect"
import { HttpApiMiddleware, OpenApi } from "effect/http-api"
import type { CurrentUser } from "./Authorization.ts"
import { TooManyRequests } from "./Problems.ts"

/** How many requests a request counts for. */
export const Cost = Context.Reference<number>("tasks/api/Cost", { defaultValue: () => 1 })

/** Declares on an endpoint that it counts for more than one request, to the limiter and to readers of the document. */
export const costs = (cost: number) =>
  Context.add(OpenApi.annotations({ override: { "x-rate-limit-cost": cost } }), Cost, cost)

/** Counts the requests of a user. Judged when it is known who asks, and before anything else of the request. */
export class RateLimit extends HttpApiMiddleware.Service<RateLimit, { requires: CurrentUser }>()(
  "tasks/api/RateLimit",
  { error: TooManyRequests.response }
) {}
