import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Context, Duration, Effect, Fiber, Layer, Logger, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Database from "../../src/database/Database.ts"
import { Gates } from "../../src/database/PooledSqlClient.ts"
import { onHeavyPool, QueryTimeout } from "../../src/repositories/QueryRunner.ts"
import { Wire } from "../support/HttpTestClient.ts"
import { until } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

/** Somebody else on the same database. */
class Other extends Context.Service<Other, SqlClient.SqlClient>()("test/Other") {
  static readonly layer = (url: string) =>
    Layer.effect(Other, SqlClient.SqlClient).pipe(Layer.provide(PgClient.layer({ url: Redacted.make(url) })))
}

// What waits here waits for the test, so nobody may lose patience first.
const patience = Duration.minutes(1)
const settings = {
  ...TestDatabase.settings,
  // One for what only reads, two for what writes.
  DATABASE_POOL_MAX: 3,
  DATABASE_HEAVY_POOL_MAX: 2,
  DATABASE_POOL_QUEUE_MAX: 3,
  DATABASE_QUERY_TIMEOUT: patience
}

const services = Layer.unwrap(
  Effect.map(TestDatabase.make, (url) =>
    Wire.layer.pipe(
      Layer.provideMerge([Database.layerPool(settings, Redacted.make(url)), Layer.succeed(QueryTimeout, patience)]),
      Layer.provideMerge([Other.layer(url), Logger.layer([])])
    )
  )
).pipe(Layer.orDie)

const ask = Effect.fnUntraced(function* (method: string, path: string, body?: unknown, headers = {}) {
  const wire = yield* Wire
  return yield* wire(method, path, { as: "ada", headers, ...(body !== undefined && { body }) })
})

/** Runs it while every slow connection is at work, on what does not end before. */
const whileSlowIsBusy = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const other = yield* Other
  const sql = yield* SqlClient.SqlClient
  const { slow } = yield* Gates
  const wait = onHeavyPool(sql`select pg_advisory_lock_shared(7), pg_advisory_unlock_shared(7)`)
  return yield* other.withTransaction(
    Effect.gen(function* () {
      yield* other`select pg_advisory_xact_lock(7)`
      yield* Effect.forkDetach(Effect.all([wait, wait], { concurrency: "unbounded" }))
      yield* until(() => slow.inUse === 2)
      return yield* effect
    })
  )
})

const idle = { inUse: 0, waiting: 0 }

layer(services, { excludeTestServices: true, timeout: 300_000 })("The pools", (it) => {
  it.effect("are not held up by what is slow: the quick answers while every slow connection is at work", () =>
    Effect.gen(function* () {
      const gates = yield* Gates
      const { body: task } = yield* ask("POST", "/api/tasks", { title: "t" })
      yield* whileSlowIsBusy(
        Effect.gen(function* () {
          const path = `/api/tasks/${task.id}`
          for (const { status } of [
            yield* ask("GET", path),
            yield* ask("GET", "/api/tasks"),
            yield* ask("GET", "/api/tasks?sort=title&offset=1000"),
            yield* ask("PATCH", path, { title: "u" }),
            yield* ask("POST", "/api/tasks", { title: "t" }, { "idempotency-key": "quick" }),
            yield* ask("GET", "/api/tags"),
            yield* ask("GET", "/api/trash")
          ]) {
            assert.isBelow(status, 300)
          }
          assert.deepStrictEqual(gates, { reads: idle, writes: idle, slow: { inUse: 2, waiting: 0 } })
        })
      )
    })
  )

  it.effect("give what may be slow no quick connection, in a transaction or not", () =>
    Effect.gen(function* () {
      const { reads, slow, writes } = yield* Gates
      const { body: task } = yield* ask("POST", "/api/tasks", { title: "t" })
      const { body: tag } = yield* ask("POST", "/api/tags", { name: "red" })
      const { body: project } = yield* ask("POST", "/api/projects", { name: "Home" })
      const operations = { operations: [{ op: "create", task: { title: "t" } }] }
      const move = { after: "019c2f7e-0000-7000-8000-000000000000" }
      const asks = [
        ask("GET", "/api/tasks?q=t"),
        ask("GET", "/api/tasks?status=pending"),
        ask("GET", "/api/tasks?offset=1001"),
        ask("GET", "/api/trash?offset=1001"),
        ask("GET", "/api/tags?count=exact"),
        ask("GET", "/api/export"),
        ask("POST", `/api/tasks/${task.id}/move`, move),
        ask("POST", `/api/tasks/${task.id}/move`, move, { "idempotency-key": "move" }),
        ask("POST", "/api/tasks/bulk", operations),
        ask("POST", "/api/tasks/bulk", operations, { "idempotency-key": "bulk" }),
        ask("DELETE", `/api/tags/${tag.id}`),
        ask("DELETE", `/api/projects/${project.id}`)
      ]
      for (const asked of asks) {
        const fiber = yield* whileSlowIsBusy(
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(asked)
            yield* until(() => slow.waiting === 1)
            assert.deepStrictEqual([reads, writes], [idle, idle])
            return fiber
          })
        )
        const { status } = yield* Fiber.join(fiber)
        assert.isBelow(status, 500)
        yield* until(() => slow.inUse === 0)
      }
    })
  )

  it.effect("let a bounded number wait, and tell the others at once", () =>
    Effect.gen(function* () {
      const other = yield* Other
      const { reads, slow, writes } = yield* Gates
      const { body: task } = yield* ask("POST", "/api/tasks", { title: "t" })
      const path = `/api/tasks/${task.id}`
      const patched = yield* other.withTransaction(
        Effect.gen(function* () {
          yield* other`select from task for update`
          const patched = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: 5 }, () => ask("PATCH", path, { title: "u" })),
              { concurrency: "unbounded" }
            )
          )
          yield* until(() => writes.waiting === 3)
          for (const method of ["PATCH", "DELETE"]) {
            const answer = yield* ask(method, path, method === "PATCH" ? { title: "u" } : undefined)
            assert.deepInclude(answer.body, { status: 503, code: "SERVICE_UNAVAILABLE" })
            assert.strictEqual(answer.headers.get("retry-after"), "1")
          }
          assert.deepStrictEqual(writes, { inUse: 2, waiting: 3 })
          for (const read of [path, "/api/tasks", "/api/tasks?q=t"]) {
            assert.strictEqual((yield* ask("GET", read)).status, 200)
          }
          return patched
        })
      )
      for (const { status } of yield* Fiber.join(patched)) assert.strictEqual(status, 200)
      assert.deepStrictEqual([reads, writes, slow], [idle, idle, idle])
    })
  )

  it.effect("count nobody who went away, whether he had a connection or waited for one", () =>
    Effect.gen(function* () {
      const other = yield* Other
      const { reads, writes } = yield* Gates
      const sql = yield* SqlClient.SqlClient
      const lock = sql`select pg_advisory_xact_lock(8)`
      const write = sql`with lock as (select pg_advisory_xact_lock(8)) select from lock`
      yield* other.withTransaction(
        Effect.gen(function* () {
          yield* other`select pg_advisory_xact_lock(8)`
          const fiber = yield* Effect.forkChild(
            Effect.all(
              [
                // Two are at work.
                ...[write, sql.withTransaction(write), write, sql.withTransaction(write)],
                // Four share their connection.
                ...[lock, lock, lock, lock, lock]
              ].map(Effect.asVoid),
              { concurrency: "unbounded" }
            )
          )
          yield* until(() => writes.inUse === 2 && writes.waiting === 2)
          yield* until(() => reads.inUse === 4 && reads.waiting === 1)
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual([reads, writes], [idle, idle])
        })
      )
      assert.lengthOf(yield* sql`select 1`, 1)
    })
  )

  it.effect("send what only reads over one connection together, and who goes away takes nobody along", () =>
    Effect.gen(function* () {
      const { reads } = yield* Gates
      const sql = yield* SqlClient.SqlClient
      const read = sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.2)`
      const [leaving, ...staying] = yield* Effect.forEach([1, 2, 3, 4], () => Effect.forkChild(read))
      yield* until(() => reads.inUse === 4)
      if (leaving !== undefined) yield* Fiber.interrupt(leaving)
      const pids = (yield* Fiber.joinAll(staying)).map(([row]) => row?.pid)
      const [later] = yield* read
      assert.deepStrictEqual([...new Set(pids)], [later?.pid])
    })
  )

  it.effect("keep nothing of what was answered while there is always something on its way", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const found: Array<WeakRef<object>> = []
      // Four at a time, so that some are out whenever one comes back.
      const chain = Effect.forEach(
        Array.from({ length: 200 }),
        () =>
          Effect.map(sql`select pg_backend_pid() as pid, pg_sleep(0.005)`, ([row]) => {
            if (row !== undefined) found.push(new WeakRef(row))
          }),
        { discard: true }
      )
      const both = yield* Effect.forkChild(Effect.all([chain, chain, chain, chain], { concurrency: "unbounded" }))
      yield* until(() => found.length > 400)
      setFlagsFromString("--expose-gc")
      runInNewContext("gc")()
      assert.isBelow(found.filter((row) => row.deref() !== undefined).length, 100)
      yield* Fiber.join(both)
    })
  )

  it.effect("leave alone what is only slow", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const pid = Effect.map(sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(2)`, ([row]) => row?.pid)
      assert.strictEqual(yield* pid, yield* pid)
    })
  )

  it.effect("replace a connection that has lived long enough", () =>
    Effect.gen(function* () {
      const url = yield* TestDatabase.make
      const brief = { ...settings, DATABASE_POOL_LIFETIME: Duration.millis(1) }
      const pid = Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [row] = yield* sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.002)`
        return row?.pid
      })
      const pids = yield* Effect.provide(
        Effect.all([pid, pid, pid, pid]),
        Database.layerPool(brief, Redacted.make(url))
      )
      assert.strictEqual(new Set(pids).size, 4)
    })
  )
})
