import { Effect } from "effect"
import * as Process from "../../test/support/Process.ts"
import { bundle } from "../Dependencies.ts"
import { noFailures } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

export const rlsMismatch: Scenario = {
  name: "A process has another DATABASE_RLS than the tables",
  observe: ({ environment }) =>
    Effect.gen(function* () {
      const settings = { ...environment, DATABASE_RLS: "on", MIGRATE_ON_START: "false" }
      const service = yield* Process.serveUnready(settings, bundle)
      // This user has tasks.
      const token = yield* Process.tokenFor("user-0")
      const ready = yield* Process.request(service.url, "/health/ready")
      const list = yield* Process.request(service.url, "/api/tasks", { token })
      return [
        {
          promise: "the process is not ready and says why",
          seen: `${ready.status} ${JSON.stringify(ready.body.checks?.row_security)}`,
          isKept: ready.status === 503 && ready.body.checks.row_security.status === "failing"
        },
        {
          promise: "requests receive 503 instead of an empty list",
          seen: `GET /api/tasks: ${list.status} ${list.body.code ?? JSON.stringify(list.body)}`,
          isKept: list.status === 503
        }
      ]
    }),
  expect: noFailures
}
