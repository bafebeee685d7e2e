import { Effect } from "effect"
import { type Groups, version } from "../../api/Api.ts"
import { NotReady } from "../../api/errors/CommonErrors.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { Readiness } from "../Readiness.ts"

export const healthHandlers = Effect.map(Readiness, ({ checks }): GroupHandlers<Groups["health"]> => {
  const check = () =>
    Effect.flatMap(checks, (checks) =>
      Object.values(checks).some(({ status }) => status === "failing")
        ? Effect.fail(new NotReady({ checks }))
        : Effect.succeed({ status: "ok" as const, version, checks })
    )
  return { get: check, ready: check, live: () => Effect.succeed({ status: "ok" as const }) }
})
