import { Context, Effect, Layer, type Record } from "effect"
import type { HealthChecks } from "../api/errors/CommonErrors.ts"

/** Whether everything that the service requires is available. The reasons of failed checks are public. */
export class Readiness extends Context.Service<
  Readiness,
  {
    /** The results of all checks. Callers within one second share one run of them. */
    readonly checks: Effect.Effect<HealthChecks>
    /**
     * False until all checks in `requiredToServe` passed at the same time once. Requests before that must receive 503:
     * without its migrations or with other row-level security, the service would return wrong results.
     */
    readonly canServe: () => boolean
    /** From now on the service is not ready, so that load balancers stop sending requests. */
    readonly beginShutdown: Effect.Effect<void>
  }
>()("tasks/server/Readiness") {
  static readonly layer = <R>(
    checks: Record.ReadonlyRecord<string, Effect.Effect<unknown, string, R>>,
    requiredToServe: ReadonlyArray<string> = []
  ) =>
    Layer.effect(
      Readiness,
      Effect.gen(function* () {
        const context = yield* Effect.context<R>()
        let canServe = requiredToServe.length === 0
        let isStopping = false
        const run = Effect.forEach(
          Object.entries(checks),
          ([name, check]) =>
            Effect.match(check, {
              onFailure: (reason) => [name, { status: "failing", reason }] as const,
              onSuccess: () => [name, { status: "ok" }] as const
            }),
          { concurrency: "unbounded" }
        ).pipe(
          Effect.map((results): HealthChecks => Object.fromEntries(results)),
          Effect.tap((results) =>
            Effect.sync(() => {
              canServe ||= requiredToServe.every((name) => results[name]?.status === "ok")
            })
          ),
          // Health checks run every second and would fill the traces.
          Effect.withTracerEnabled(false),
          Effect.provideContext(context)
        )
        const shared = yield* Effect.cachedWithTTL(run, "1 second")
        return {
          checks: Effect.map(shared, (results) =>
            isStopping ? { ...results, shutdown: { status: "failing", reason: "the service is stopping" } } : results
          ),
          canServe: () => canServe,
          beginShutdown: Effect.sync(() => {
            isStopping = true
          })
        }
      })
    )
}
