import { Context, Effect, Layer, type Record } from "effect"
import type { Checks } from "../api/Problems.ts"

/** Whether what the service cannot work without is there. A check fails with a reason that a stranger may read. */
export class Readiness extends Context.Service<Readiness, { readonly checks: Effect.Effect<Checks> }>()(
  "tasks/service/Readiness"
) {
  static readonly layer = <R>(checks: Record.ReadonlyRecord<string, Effect.Effect<void, string, R>>) =>
    Layer.effect(
      Readiness,
      Effect.gen(function* () {
        const context = yield* Effect.context<R>()
        return {
          checks: Effect.forEach(
            Object.entries(checks),
            ([name, check]) =>
              check.pipe(
                // A probe waits a second or two for us; silence within one is an answer.
                Effect.timeoutOrElse({ duration: "1 second", orElse: () => Effect.fail("no answer within a second") }),
                Effect.match({
                  onFailure: (reason) => [name, { status: "failing" as const, reason }] as const,
                  onSuccess: () => [name, { status: "ok" as const }] as const
                }),
                Effect.provideContext(context)
              ),
            { concurrency: "unbounded" }
          ).pipe(Effect.map(Object.fromEntries))
        }
      })
    )
}
