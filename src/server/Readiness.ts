import { Cause, Context, Data, Effect, Layer, Record } from "effect"
import type { HealthChecks } from "../api/errors/CommonErrors.ts"

/** The database has been asked, and the service would return wrong results with it. Other failures may be temporary. */
export class WrongSchema extends Data.TaggedError("WrongSchema")<{ readonly reason: string }> {}

/** A dependency cannot be asked. The cause is for the log. */
export class CheckFailed extends Data.TaggedError("CheckFailed")<{
  readonly reason: string
  readonly cause: Cause.Cause<unknown>
}> {}

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
    checks: Record.ReadonlyRecord<string, Effect.Effect<unknown, string | WrongSchema | CheckFailed, R>>,
    requiredToServe: ReadonlyArray<string> = []
  ) =>
    Layer.effect(
      Readiness,
      Effect.gen(function* () {
        const context = yield* Effect.context<R>()
        let canServe = requiredToServe.length === 0
        let isStopping = false
        let failing = ""

        /** Logs which checks begin to fail and why, and that all pass again. */
        const logChange = (results: HealthChecks, isWrong: boolean, causes: ReadonlyArray<Cause.Cause<unknown>>) => {
          const failed = Object.entries(results).filter(([, { status }]) => status === "failing")
          const before = failing
          failing = failed.map(([name]) => name).join()
          if (failing === before) return Effect.void
          if (failing === "") return Effect.logInfo("ready again")
          const message = `not ready: ${failed.map(([name, { reason }]) => `${name}: ${reason}`).join(", ")}`
          const [cause = Cause.empty] = causes
          return isWrong ? Effect.logError(message, cause) : Effect.logWarning(message, cause)
        }

        const run = Effect.gen(function* () {
          let isWrong = false
          const causes: Array<Cause.Cause<unknown>> = []
          const results: HealthChecks = yield* Effect.all(
            Record.map(checks, (check) =>
              Effect.match(check, {
                onFailure: (failure) => {
                  if (typeof failure === "string") return { status: "failing", reason: failure } as const
                  if (failure instanceof CheckFailed) causes.push(failure.cause)
                  else isWrong = true
                  return { status: "failing", reason: failure.reason } as const
                },
                onSuccess: () => ({ status: "ok" }) as const
              })
            ),
            { concurrency: "unbounded" }
          )
          canServe = !isWrong && (canServe || requiredToServe.every((name) => results[name]?.status === "ok"))
          yield* logChange(results, isWrong, causes)
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
