import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import type { Caller } from "../../domain/User.ts"
import { ServiceUnavailable, Unauthorized } from "../errors/CommonErrors.ts"

export class CurrentUser extends Context.Service<CurrentUser, Caller>()("tasks/api/CurrentUser") {}

/** Whether the endpoint also accepts a ticket in its query. */
export const AcceptsTicket = Context.Reference<boolean>("tasks/api/AcceptsTicket", { defaultValue: () => false })

/** Turns the bearer token into the current user. It runs before the rest of the request is read. */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: CurrentUser }>()(
  "tasks/api/Authorization",
  {
    requiredForClient: true,
    security: {
      bearer: HttpApiSecurity.http({ scheme: "bearer" }).pipe(
        HttpApiSecurity.annotateMerge(
          OpenApi.annotations({ format: "JWT", description: "A JWT of the configured issuer, with `sub` and `exp`." })
        )
      )
    },
    error: [Unauthorized.response, ServiceUnavailable.response]
  }
) {}
