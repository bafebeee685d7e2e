import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ExportRecord } from "../domain/AccountExport.ts"
import { described } from "../domain/Description.ts"
import { rateLimitCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"

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
