import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api, version } from "../../api/Api.ts"
import { NotReady } from "../../api/errors/CommonErrors.ts"
import { Readiness } from "../Readiness.ts"

export const HealthHandlers = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fnUntraced(function* (handlers) {
    const readiness = yield* Readiness
    const check = Effect.fnUntraced(function* () {
      const checks = yield* readiness.checks
      const failing = Object.values(checks).some(({ status }) => status === "failing")
      return failing ? yield* new NotReady({ checks }) : { status: "ok" as const, version, checks }
    })
    return handlers.handleAll({ get: check, ready: check, live: () => Effect.succeed({ status: "ok" as const }) })
  })
)
