import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { AccountRow } from "../domain/Account.ts"
import { Authorization } from "./Authorization.ts"
import { Validation } from "./Input.ts"
import { costs, RateLimit } from "./RateLimit.ts"

/** Without an end there was a failure: the connection breaks off, and what came is part of the account. */
const Lines = HttpApiSchema.WithHeaders(HttpApiSchema.StreamNdjson({ schema: AccountRow }), {
  "content-disposition": Schema.Literal('attachment; filename="tasks.ndjson"')
})

export class ExportApi extends HttpApiGroup.make("export")
  .add(
    HttpApiEndpoint.get("get", "/api/export", { success: Lines })
      .middleware(Validation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "exportAccount",
          summary: "Take everything of yours with you",
          description:
            "Your projects, tags and tasks, in this order, one JSON object a line, each with its type. What is in the trash is left out. An answer that breaks off is not the whole."
        })
      )
      .annotateMerge(costs(20))
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Everything of yours, to take along.") {}
