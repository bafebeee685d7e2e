import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { withLockRetries } from "../../src/database/LockRetries.ts"
import { timeout, until } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const database = Layer.unwrap(
  Effect.map(TestDatabase.makeEmpty, (url) => PgClient.layer({ url: Redacted.make(url), maxConnections: 3 }))
)

describe("withLockRetries", () => {
  it.live(
    "runs one change of the schema at a time",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [begun, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const first = yield* Deferred.succeed(begun, undefined).pipe(
          Effect.andThen(Deferred.await(release)),
          withLockRetries,
          Effect.forkChild
        )
        yield* Deferred.await(begun)

        let hasRun = false
        const run = Effect.sync(() => {
          hasRun = true
        })
        const second = yield* Effect.forkChild(withLockRetries(run))
        const waiting = sql`
          select from pg_locks join pg_database on pg_database.oid = database
          where datname = current_database() and locktype = 'advisory' and not granted
        `
        yield* until(async () => hasRun || (await Effect.runPromise(waiting)).length === 1)
        const hasWaited = !hasRun
        yield* Deferred.succeed(release, undefined)
        yield* Fiber.joinAll([first, second])
        assert.deepStrictEqual({ hasWaited, hasRun }, { hasWaited: true, hasRun: true })
      }).pipe(Effect.provide(database)),
    timeout
  )
})
