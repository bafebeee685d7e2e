import { Context, Data, Effect, Layer, Record } from "effect"
import type { HealthChecks } from "../api/errors/CommonErrors.ts"

/** The database has been asked, and the service would return wrong results with it. Other failures may be temporary. */
export class WrongSchema extends Data.TaggedError("WrongSchema")<{ readonly reason: string }> {}

/** Whether everything that the service requires is available. The reasons of failed checks are public. */
export class Readiness extends Context.Service<
  Readiness,
  {
    /** The results of all checks. Callers within one second share one run of them. */
    readonly checks: Effect.Effect<HealthChecks>
    /**
     * False until all checks in `requiredToServe` passed at the same time once, and again while one of them finds a wrong
     * schema. Requests must then receive 503: without its migrations or with other row-level security, the service would
     * return wrong results.
     */
    readonly canServe: () => boolean
    /** From now on the service is not ready, so that load balancers stop sending requests. */
    readonly beginShutdown: Effect.Effect<void>
  }
>()("tasks/server/Readiness") {
  static readonly layer = <R>(
    checks: Record.ReadonlyRecord<string, Effect.Effect<unknown, string | WrongSchema, R>>,
    requiredToServe: ReadonlyArray<string> = []
  ) =>
    Layer.effect(
      Readiness,
      Effect.gen(function* () {
        const context = yield* Effect.context<R>()
        let canServe = requiredToServe.length === 0
        let isStopping = false
        const run = Effect.gen(function* () {
          let isWrong = false
          const results: HealthChecks = yield* Effect.all(
            Record.map(checks, (check) =>
              Effect.match(check, {
                onFailure: (failure) => {
                  if (typeof failure === "string") return { status: "failing", reason: failure } as const
                  isWrong = true
                  return { status: "failing", reason: failure.reason } as const
                },
                onSuccess: () => ({ status: "ok" }) as const
              })
            ),
            { concurrency: "unbounded" }
          )
          const could = canServe
          canServe = !isWrong && (could || requiredToServe.every((name) => results[name]?.status === "ok"))
          if (could && !canServe)
            yield* Effect.logError("the database schema was changed, requests receive 503", results)
          return results
        }).pipe(
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
