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
          "Deletes every row of yours for good, with the trash and all records about them. It cannot be undone: `GET /api/export` gives you everything before. The token must have been issued in the last 5 minutes; an older one is 401 with `TOKEN_EXPIRED`. After an interrupted request, repeat it."
        )
      )
      .annotateMerge(rateLimitCost(20))
  )
  .annotate(OpenApi.Description, "Your account.") {}
