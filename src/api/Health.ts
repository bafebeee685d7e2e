import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { HealthChecks, NotReady } from "./errors/CommonErrors.ts"
import { RequestValidation } from "./middleware/RequestValidation.ts"

export const Health = Schema.Struct({
  status: Schema.Literal("ok"),
  version: Schema.String,
  checks: HealthChecks
}).annotate({ identifier: "Health" })

const Alive = Schema.Struct({ status: Schema.Literal("ok") })

const checked = { success: Health, error: NotReady.response } as const

export class HealthApi extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("get", "/health", checked)
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "getHealth",
          summary: "See how the service is",
          description: "503 when something that the service cannot work without is missing: `checks` says what."
        })
      )
  )
  .add(
    HttpApiEndpoint.get("ready", "/health/ready", checked)
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "getReady",
          summary: "Whether requests should be sent here",
          description: "For a load balancer. The same checks as `/health`."
        })
      )
  )
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Alive })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "getLive",
          summary: "Whether the process runs; asks nothing of the database",
          description: "For whoever starts it anew when it hangs."
        })
      )
  )
  .annotate(OpenApi.Description, "How the service is. No token is needed.") {}
