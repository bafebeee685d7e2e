import { Context, Effect, Layer, type Record } from "effect"
import type { HealthChecks } from "../api/errors/CommonErrors.ts"

/** Whether what the service cannot work without is there. A check fails with a reason that a stranger may read. */
export class Readiness extends Context.Service<Readiness, { readonly checks: Effect.Effect<HealthChecks> }>()(
  "tasks/server/Readiness"
) {
  static readonly layer = <R>(checks: Record.ReadonlyRecord<string, Effect.Effect<unknown, string, R>>) =>
    Layer.effect(
      Readiness,
      Effect.gen(function* () {
        const context = yield* Effect.context<R>()
        const run = Effect.forEach(
          Object.entries(checks),
          ([name, check]) =>
            Effect.match(check, {
              onFailure: (reason) => [name, { status: "failing", reason }] as const,
              onSuccess: () => [name, { status: "ok" }] as const
            }),
          { concurrency: "unbounded" }
        )
        return { checks: run.pipe(Effect.map(Object.fromEntries), Effect.provideContext(context)) }
      })
    )
}
