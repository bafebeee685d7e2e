import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Occurrences, RecurrencePreview } from "../domain/Recurrence.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { RateLimit } from "./middleware/RateLimit.ts"
import { BodyLimits, RequestValidation } from "./middleware/RequestValidation.ts"

export class RecurrenceApi extends HttpApiGroup.make("recurrence")
  .add(
    HttpApiEndpoint.post("preview", "/api/recurrence/preview", { payload: RecurrencePreview, success: Occurrences })
      .middleware(RequestValidation)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "previewRecurrence",
          summary: "Preview a rule",
          description: "Lists the first occurrences of a rule. Changes nothing."
        })
      )
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Rules of recurring tasks.") {}
