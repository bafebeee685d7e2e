import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { described, named } from "../domain/Description.ts"
import { HealthChecks, NotReady } from "./errors/CommonErrors.ts"
import { operation } from "./openapi/Operation.ts"

export const Health = Schema.Struct({
  status: Schema.Literal("ok").pipe(described("The service works.")),
  version: Schema.String.pipe(described("The version of the service.")),
  checks: HealthChecks
}).pipe(
  named("Health", "The state of the service.", {
    status: "ok",
    version: "0.1.0",
    checks: { database: { status: "ok" } }
  })
)

const Alive = Schema.Struct({ status: Schema.Literal("ok").pipe(described("The process runs.")) }).pipe(
  named("Alive", "The process runs.", { status: "ok" })
)

const checked = { success: Health, error: NotReady.response } as const

export class HealthApi extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("get", "/health", checked).annotateMerge(
      operation("getHealth", "Get the health of the service", "503 when a dependency fails: `checks` says which.")
    ),
    HttpApiEndpoint.get("ready", "/health/ready", checked).annotateMerge(
      operation("getReady", "Readiness probe", "For load balancers. The same checks as `/health`.")
    ),
    HttpApiEndpoint.get("live", "/health/live", { success: Alive }).annotateMerge(
      operation(
        "getLive",
        "Liveness probe",
        "For a supervisor that restarts a hanging process. Does not query the database."
      )
    )
  )
  // Monitors add parameters of their own, so that no cache responds.
  .annotate(HttpApi.QueryParseOptions, { onExcessProperty: "ignore" })
  .annotate(OpenApi.Description, "The health of the service. No token is needed.") {}
