import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Fiber, type Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { CheckFailed, Readiness, WrongSchema } from "../../src/server/Readiness.ts"

const withReadiness = <A, E, R>(
  layer: Layer.Layer<Readiness>,
  test: (readiness: Readiness["Service"]) => Effect.Effect<A, E, R>
) => Effect.flatMap(Readiness, test).pipe(Effect.provide(layer))

describe("Readiness", () => {
  it.effect("runs the checks once for concurrent callers and once per second", () => {
    let runs = 0
    const release = Deferred.makeUnsafe<void>()
    const check = Effect.suspend(() => {
      runs++
      return Deferred.await(release)
    })
    return withReadiness(Readiness.layer({ check }), (readiness) =>
      Effect.gen(function* () {
        const callers = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 100 }, () => readiness.checks),
            { concurrency: "unbounded" }
          ),
          { startImmediately: true }
        )
        yield* Deferred.succeed(release, undefined)
        assert.lengthOf(yield* Fiber.join(callers), 100)
        yield* readiness.checks
        assert.strictEqual(runs, 1)
        yield* TestClock.adjust("1 second")
        yield* readiness.checks
        assert.strictEqual(runs, 2)
      })
    )
  })

  it.effect("can serve from the first success of the required checks on", () => {
    let failure: string | undefined = "pending: 0001"
    const migrations = Effect.suspend(() => (failure === undefined ? Effect.void : Effect.fail(failure)))
    const layer = Readiness.layer({ migrations, keys: Effect.fail("no keys") }, ["migrations"])
    return withReadiness(layer, (readiness) =>
      Effect.gen(function* () {
        assert.deepStrictEqual((yield* readiness.checks).migrations, { status: "failing", reason: "pending: 0001" })
        assert.isFalse(readiness.canServe())
        failure = undefined
        yield* TestClock.adjust("1 second")
        yield* readiness.checks
        assert.isTrue(readiness.canServe())
        failure = "the database does not respond"
        yield* TestClock.adjust("1 second")
        yield* readiness.checks
        assert.isTrue(readiness.canServe())
      })
    )
  })

  it.effect("can not serve while a check finds a wrong schema, and can again afterwards", () => {
    let failure: WrongSchema | undefined
    const row_security = Effect.suspend(() => (failure === undefined ? Effect.void : Effect.fail(failure)))
    return withReadiness(Readiness.layer({ row_security }, ["row_security"]), (readiness) =>
      Effect.gen(function* () {
        yield* readiness.checks
        assert.isTrue(readiness.canServe())
        failure = new WrongSchema({ reason: "it is in force on task, but DATABASE_RLS is off" })
        yield* TestClock.adjust("1 second")
        const { row_security } = yield* readiness.checks
        assert.deepStrictEqual(row_security, { status: "failing", reason: failure.reason })
        assert.isFalse(readiness.canServe())
        failure = undefined
        yield* TestClock.adjust("1 second")
        yield* readiness.checks
        assert.isTrue(readiness.canServe())
      })
    )
  })

  it.effect("logs once that checks fail, with the reason and the cause, and once that all pass again", () => {
    let failure: string | WrongSchema | CheckFailed | undefined
    const database = Effect.suspend(() => (failure === undefined ? Effect.void : Effect.fail(failure)))
    const lines: Array<string> = []
    const logger = Logger.make<unknown, void>(({ cause, logLevel, message }) => {
      lines.push(
        [logLevel, message, ...cause.reasons.map((reason) => Cause.isFailReason(reason) && reason.error)].join()
      )
    })
    return withReadiness(Readiness.layer({ database, keys: Effect.fail("no keys") }), (readiness) =>
      Effect.gen(function* () {
        const reason = "the database does not respond"
        for (failure of [
          new CheckFailed({ reason, cause: Cause.fail("password authentication failed") }),
          reason,
          undefined,
          undefined,
          new WrongSchema({ reason: "pending: 0001" })
        ]) {
          yield* readiness.checks
          yield* TestClock.adjust("1 second")
        }
        assert.deepStrictEqual(lines, [
          `Warn,not ready: database: ${reason}, keys: no keys,password authentication failed`,
          "Warn,not ready: keys: no keys",
          "Error,not ready: database: pending: 0001, keys: no keys"
        ])
      })
    ).pipe(Effect.provide(Logger.layer([logger])))
  })

  it.effect("is not ready after beginShutdown, within the second of a shared result too", () =>
    withReadiness(Readiness.layer({ keys: Effect.void }), (readiness) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* readiness.checks, { keys: { status: "ok" } })
        yield* readiness.beginShutdown
        assert.strictEqual((yield* readiness.checks).shutdown?.status, "failing")
      })
    )
  )
})
