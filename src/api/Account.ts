import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { described } from "../domain/Description.ts"
import { ErasureNotConfirmed } from "./errors/AccountErrors.ts"
import { rateLimitCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"

export class AccountApi extends HttpApiGroup.make("account")
  .add(
    HttpApiEndpoint.delete("erase", "/api/account", {
      query: { confirm: Schema.String.pipe(described("Your user id, the `id` of `GET /api/me`.")) },
      error: ErasureNotConfirmed
    })
      .annotateMerge(
        operation(
          "eraseAccount",
          "Erase your account",
          "Deletes all your rows permanently, with the trash. This cannot be undone: get a copy with `GET /api/export` before. The token must have been issued in the last 5 minutes; an older one is 401 with `TOKEN_EXPIRED`. If the request is interrupted, repeat it."
        )
      )
      .annotateMerge(rateLimitCost(20))
  )
  .annotate(OpenApi.Description, "Your account.") {}
