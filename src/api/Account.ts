import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { described } from "../domain/Description.ts"
import { ErasureNotConfirmed } from "./errors/AccountErrors.ts"
import { retryAfter } from "./errors/CommonErrors.ts"
import { rateLimitCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"

const Erased = HttpApiSchema.NoContent.annotate({ description: "All your data is deleted." })

const BeingErased = Schema.Struct({ retry_after: Schema.String }).pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: HttpApiSchema.Accepted, headers: retryAfter },
    {
      decode: ({ headers }) => ({ retry_after: headers["retry-after"] }),
      encode: ({ retry_after }) => ({ body: undefined, headers: { "retry-after": retry_after } })
    }
  ),
  Schema.annotate({
    description:
      "The server continues to delete. Repeat the request after `Retry-After` seconds, until the response is 204."
  })
)

export class AccountApi extends HttpApiGroup.make("account")
  .add(
    HttpApiEndpoint.delete("erase", "/api/account", {
      query: { confirm: Schema.String.pipe(described("Your user id, the `id` of `GET /api/me`.")) },
      success: [BeingErased, Erased],
      error: ErasureNotConfirmed
    })
      .annotateMerge(
        operation(
          "eraseAccount",
          "Erase your account",
          "Deletes all your rows permanently, with the trash. This cannot be undone: get a copy with `GET /api/export` before. The token must have been issued in the last 5 minutes; an older one is 401 with `TOKEN_EXPIRED`. A large account takes longer than a request: the response is 202 then, and the same request is repeated until it is 204. Repeat an interrupted request, too."
        )
      )
      .annotateMerge(rateLimitCost(5))
  )
  .annotate(OpenApi.Description, "Your account.") {}
