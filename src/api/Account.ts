import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ExportRecord } from "../domain/AccountExport.ts"
import { described } from "../domain/Description.ts"
import { User } from "../domain/User.ts"
import { ErasureNotConfirmed } from "./errors/AccountErrors.ts"
import { retryAfter } from "./errors/CommonErrors.ts"
import { rateLimitCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"

export class MeApi extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("get", "/api/me", { success: User }).annotateMerge(
      operation("getMe", "Get the current user", "All fields come from the token: the service stores no user data.")
    )
  )
  .annotate(OpenApi.Description, "The current user.") {}

/** After a failure the server closes the connection before the end of the stream: the client has only a part. */
const Records = HttpApiSchema.WithHeaders(HttpApiSchema.StreamNdjson({ schema: ExportRecord }), {
  "content-disposition": Schema.Literal("attachment; filename=tasks.ndjson").pipe(
    described("Makes a browser save the response as a file.")
  )
})

export class ExportApi extends HttpApiGroup.make("export")
  .add(
    HttpApiEndpoint.get("get", "/api/export", { success: Records })
      .annotateMerge(
        operation(
          "exportAccount",
          "Export your data",
          "Your projects, tags, tasks and the completed occurrences of recurring tasks, in this order: one JSON object per line, each with its type. The trash is left out. If the connection closes before the end, the export is incomplete."
        )
      )
      .annotateMerge(rateLimitCost(20))
  )
  .annotate(OpenApi.Description, "Your data as a file.") {}

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
