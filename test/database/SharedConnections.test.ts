import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { Database } from "../../src/database/Database.ts"
import { DatabasePools } from "../../src/database/PoolStats.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { UserId } from "../../src/domain/User.ts"
import { until } from "../support/Process.ts"
import { ada } from "../support/TestAuth.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const settings = {
  ...TestDatabase.settings,
  // One connection for reads, one for writes, two for transactions.
  DATABASE_POOL_MAX: 4,
  DATABASE_QUERY_TIMEOUT: Duration.minutes(1)
}

/** A statement that is too slow, and one that is sent behind it over the same connection. */
const neighbors = Effect.fnUntraced(function* (kind: "query" | "write", changed: Partial<typeof settings>) {
  const url = yield* TestDatabase.make
  const config = { ...settings, DATABASE_QUERY_TIMEOUT: Duration.seconds(2), ...changed }
  return yield* Effect.gen(function* () {
    const db = yield* Database
    const pools = yield* DatabasePools
    const run = (seconds: number) =>
      db[kind]<{ pid: number }>(ada, `select pg_backend_pid() as pid, pg_sleep(${seconds}), $1`)
    const [[before] = []] = [yield* run(0)]
    const slow = yield* Effect.forkChild(Effect.exit(run(30)))
    yield* until(() => pools[kind === "query" ? "reads" : "writes"].inUse === 1)
    yield* Effect.sleep("1 second")
    const neighbor = yield* Effect.exit(run(0))
    const [[after] = []] = [yield* run(0)]
    return { slow: yield* Fiber.join(slow), neighbor, isSame: before?.pid === after?.pid }
  }).pipe(Effect.provide(PostgresDatabase.layer(config, Redacted.make(url))))
})

describe("PostgresDatabase with shared connections", () => {
  it.live("keeps a connection whose statement is slow but within its time limit", () =>
    Effect.gen(function* () {
      const url = yield* TestDatabase.make
      const db = Context.get(yield* Layer.build(PostgresDatabase.layer(settings, Redacted.make(url))), Database)
      const pid = Effect.map(
        db.query<{ pid: number }>(ada, "select pg_backend_pid() as pid, pg_sleep(1.5), $1"),
        ([row]) => row?.pid
      )
      assert.strictEqual(yield* pid, yield* pid)
    })
  )

  it.live("goes on with the next statement when the server ends a slow one", () =>
    Effect.gen(function* () {
      const both = [neighbors("query", {}), neighbors("write", {})]
      for (const { isSame, neighbor, slow } of yield* Effect.all(both, { concurrency: "unbounded" })) {
        assert.match(String(slow), /canceling statement due to statement timeout/)
        assert.isTrue(Exit.isSuccess(neighbor))
        assert.isTrue(isSame)
      }
    })
  )

  it.live("repeats a read, and never a write, when their connection is closed because of another statement", () =>
    Effect.gen(function* () {
      // Through a pooler the server's own limits are not set, so the connection has to be closed.
      const pooled = { DATABASE_DIRECT_URL: Redacted.make("postgres://localhost") }
      const [reads, writes] = yield* Effect.all([neighbors("query", pooled), neighbors("write", pooled)], {
        concurrency: "unbounded"
      })
      for (const { isSame, slow } of [reads, writes]) {
        assert.match(String(slow), /QueryTimedOut/)
        assert.isFalse(isSame)
      }
      assert.isTrue(Exit.isSuccess(reads.neighbor))
      assert.match(String(writes.neighbor), /ConnectionError|QueryTimedOut/)
    })
  )

  it.live("replaces a connection at the end of its lifetime", () =>
    Effect.gen(function* () {
      const url = yield* TestDatabase.make
      const brief = { ...settings, DATABASE_POOL_LIFETIME: Duration.millis(1) }
      const pid = (kind: "query" | "write" | "transaction") =>
        Effect.gen(function* () {
          const db = yield* Database
          const read = db.query<{ pid: number }>(ada, "select pg_backend_pid() as pid, pg_sleep(0.002), $1")
          const write = db.write<{ pid: number }>(ada, "select pg_backend_pid() as pid, pg_sleep(0.002), $1")
          const [row] = yield* kind === "query" ? read : kind === "write" ? write : db.transaction(ada, read)
          return row?.pid
        })
      const kinds = ["query", "query", "write", "write", "transaction", "transaction"] as const
      const pids = yield* Effect.provide(Effect.forEach(kinds, pid), PostgresDatabase.layer(brief, Redacted.make(url)))
      assert.strictEqual(new Set(pids).size, kinds.length)
    })
  )

  it.live("under row-level security executes concurrent statements each as its own user", () =>
    Effect.gen(function* () {
      const { service } = yield* TestDatabase.makeWithRls
      const users = Array.from({ length: 20 }, (_, n) => UserId.make(`user ${n}`))
      const text =
        "select current_setting('tasks.user_id') as name, pg_current_xact_id_if_assigned() as xid, $1 as owner"
      const seen = yield* Effect.gen(function* () {
        const db = yield* Database
        const ask = (owner: UserId, n: number) =>
          n % 3 === 0
            ? // A failing statement leaves nothing behind for the next one.
              Effect.andThen(Effect.exit(db.write(owner, "select 1 / 0, $1")), db.query(owner, text))
            : db.query(owner, text)
        return yield* Effect.forEach(
          Array.from({ length: 400 }, (_, n) => n),
          (n) => ask(users[n % users.length] as UserId, n),
          { concurrency: 40 }
        )
      }).pipe(
        Effect.provide(
          PostgresDatabase.layer(
            { ...settings, DATABASE_RLS: "on", DATABASE_POOL_QUEUE_MAX: 200 },
            Redacted.make(service)
          )
        )
      )
      for (const [n, [row]] of seen.entries())
        assert.deepInclude(row, { name: users[n % users.length], owner: users[n % users.length] })
    })
  )
})
