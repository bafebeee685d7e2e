import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Occurrences, RecurrencePreview } from "../domain/Recurrence.ts"
import { BodyLimits } from "./middleware/BodyLimits.ts"
import { operation } from "./openapi/Operation.ts"

export class RecurrenceApi extends HttpApiGroup.make("recurrence")
  .add(
    HttpApiEndpoint.post("preview", "/api/recurrence/preview", { payload: RecurrencePreview, success: Occurrences })
      .middleware(BodyLimits)
      .annotateMerge(
        operation("previewRecurrence", "Preview a rule", "Lists the first occurrences of a rule. Changes nothing.")
      )
  )
  .annotate(OpenApi.Description, "Rules of recurring tasks.") {}
