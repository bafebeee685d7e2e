import { Effect } from "effect"
import { version } from "../../api/Api.ts"
import { NotReady } from "../../api/errors/CommonErrors.ts"
import type { HealthApi } from "../../api/Health.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { Readiness } from "../Readiness.ts"

export const healthHandlers = Effect.map(Readiness, ({ checks }): GroupHandlers<typeof HealthApi> => {
  const check = () =>
    Effect.flatMap(checks, (checks) =>
      Object.values(checks).some(({ status }) => status === "failing")
        ? Effect.fail(new NotReady({ checks }))
        : Effect.succeed({ status: "ok" as const, version, checks })
    )
  return { get: check, ready: check, live: () => Effect.succeed({ status: "ok" as const }) }
})
