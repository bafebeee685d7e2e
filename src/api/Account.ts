import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { described } from "../domain/Description.ts"
import { ErasureNotConfirmed } from "./errors/AccountErrors.ts"
import { retryAfter } from "./errors/CommonErrors.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { RateLimit, rateLimitCost } from "./middleware/RateLimit.ts"
import { RequestValidation } from "./middleware/RequestValidation.ts"

/** 204: nothing of the caller is left. */
const Erased = Schema.Struct({ retry_after: Schema.Null }).pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: HttpApiSchema.NoContent, headers: {} },
    { decode: () => ({ retry_after: null }), encode: () => ({ body: undefined, headers: {} }) }
  ),
  Schema.annotate({ description: "Erased: nothing of yours is left." })
)

/** 202: the server goes on deleting. */
const BeingErased = Schema.Struct({ retry_after: Schema.String }).pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: HttpApiSchema.Accepted, headers: retryAfter },
    {
      decode: ({ headers }) => ({ retry_after: headers["retry-after"] }),
      encode: ({ retry_after }) => ({ body: undefined, headers: { "retry-after": retry_after } })
    }
  ),
  Schema.annotate({
    description: "Being erased: the server goes on. Repeat the request after `Retry-After` seconds, until it is 204."
  })
)

export class AccountApi extends HttpApiGroup.make("account")
  .add(
    HttpApiEndpoint.delete("erase", "/api/account", {
      query: { confirm: Schema.String.pipe(described("Your user id, the `id` of `GET /api/me`.")) },
      success: [Erased, BeingErased],
      error: ErasureNotConfirmed
    })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "eraseAccount",
          summary: "Erase your account",
          description:
            "Deletes every row of yours for good, with the trash and all records about them. It cannot be undone: `GET /api/export` gives you everything before. The token must have been issued in the last 5 minutes; an older one is 401 with `TOKEN_EXPIRED`. A large account takes longer than a request: the response is 202 then, and the same request is repeated until it is 204. After an interrupted request, repeat it, too."
        })
      )
      .annotateMerge(rateLimitCost(5))
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Your account.") {}
