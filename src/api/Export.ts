import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ExportRecord } from "../domain/AccountExport.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { RateLimit, rateLimitCost } from "./middleware/RateLimit.ts"
import { RequestValidation } from "./middleware/RequestValidation.ts"

/** Without an end there was a failure: the connection breaks off, and what came is part of the account. */
const Lines = HttpApiSchema.WithHeaders(HttpApiSchema.StreamNdjson({ schema: ExportRecord }), {
  "content-disposition": Schema.Literal('attachment; filename="tasks.ndjson"')
})

export class ExportApi extends HttpApiGroup.make("export")
  .add(
    HttpApiEndpoint.get("get", "/api/export", { success: Lines })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "exportAccount",
          summary: "Take everything of yours with you",
          description:
            "Your projects, tags and tasks, in this order, one JSON object a line, each with its type. What is in the trash is left out. An answer that breaks off is not the whole."
        })
      )
      .annotateMerge(rateLimitCost(20))
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Everything of yours, to take along.") {}
