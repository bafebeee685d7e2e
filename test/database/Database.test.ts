import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Logger, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "../../src/database/Database.ts"
import { DatabasePools } from "../../src/database/PoolStats.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { UserId } from "../../src/domain/User.ts"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { until } from "../support/Process.ts"
import { ada, bob } from "../support/TestAuth.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

/** Another client of the same database. */
class Other extends Context.Service<Other, SqlClient.SqlClient>()("test/Other") {
  static readonly layer = (url: string) =>
    Layer.effect(Other, SqlClient.SqlClient).pipe(Layer.provide(PgClient.layer({ url: Redacted.make(url) })))
}

// Statements wait for the test, so none may time out first.
const timeout = Duration.minutes(1)
const settings = {
  ...TestDatabase.settings,
  // One connection for reads, one for writes, two for transactions.
  DATABASE_POOL_MAX: 4,
  DATABASE_HEAVY_POOL_MAX: 2,
  DATABASE_POOL_QUEUE_MAX: 3,
  DATABASE_QUERY_TIMEOUT: timeout
}

const services = Layer.unwrap(
  Effect.map(TestDatabase.make, (url) =>
    HttpTestClient.layer.pipe(
      Layer.provideMerge(PostgresDatabase.layer(settings, Redacted.make(url))),
      Layer.provideMerge([Other.layer(url), Logger.layer([])])
    )
  )
).pipe(Layer.orDie)

const ask = Effect.fnUntraced(function* (method: string, path: string, body?: unknown, headers = {}) {
  const request = yield* HttpTestClient
  return yield* request(method, path, { as: "ada", headers, ...(body !== undefined && { body }) })
})

/** A read that waits for a lock, in a statement that names its owner. */
const lockText = (lock: number) => `select pg_advisory_lock_shared(${lock}), pg_advisory_unlock_shared(${lock}), $1`

const eve = UserId.make("eve")

const forkAll = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>) =>
  Effect.forkChild(Effect.all(effects, { concurrency: "unbounded" }), { startImmediately: true })

/** Runs an effect while other statements wait for a lock, and yields what they return afterwards. */
const whileLocked = Effect.fnUntraced(function* <A, E, R>(lock: number, effect: Effect.Effect<A, E, R>) {
  const other = yield* Other
  return yield* other.withTransaction(Effect.andThen(other.unsafe(`select pg_advisory_xact_lock(${lock})`), effect))
})

/** Runs an effect while every connection for heavy work is in use. */
const whileHeavyIsBusy = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const db = yield* Database
  const pools = yield* DatabasePools
  // One user alone does not get all of them.
  const wait = (owner: UserId) => db.heavy(db.query(owner, lockText(7)))
  return yield* whileLocked(
    7,
    Effect.gen(function* () {
      yield* Effect.forkDetach(Effect.all([wait(bob), wait(eve)], { concurrency: "unbounded" }))
      yield* until(() => pools.heavy.inUse === 2)
      return yield* effect
    })
  )
})

const idle = { inUse: 0, waiting: 0 }

const assertIdle = Effect.gen(function* () {
  const { heavy, reads, transactions, writes } = yield* DatabasePools
  assert.deepStrictEqual(
    { reads, writes, transactions, heavy },
    { reads: idle, writes: idle, transactions: idle, heavy: idle }
  )
})

/** Fails while something weakly referenced is still in memory. */
const collectGarbage = () => {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
}

layer(services, { excludeTestServices: true, timeout: 300_000 })("PostgresDatabase", (it) => {
  const slow = 30_000

  it.effect("serves bounded statements while every connection for heavy work is in use", () =>
    Effect.gen(function* () {
      const { body: task } = yield* ask("POST", "/api/tasks", { title: "t" })
      yield* whileHeavyIsBusy(
        Effect.gen(function* () {
          const path = `/api/tasks/${task.id}`
          for (const { status } of [
            yield* ask("GET", path),
            yield* ask("GET", "/api/tasks"),
            yield* ask("GET", "/api/tasks?status=pending&priority=none&project_id=none"),
            yield* ask("GET", "/api/tasks?sort=title&offset=1000"),
            yield* ask("PATCH", path, { title: "u" }),
            yield* ask("POST", "/api/tasks", { title: "t" }, { "idempotency-key": "quick" }),
            yield* ask("GET", "/api/tags"),
            yield* ask("GET", "/api/trash")
          ]) {
            assert.isBelow(status, 300)
          }
        })
      )
    })
  )

  it.effect("sends searches, counts, deep pages and work on many rows over the connections for heavy work", () =>
    Effect.gen(function* () {
      const pools = yield* DatabasePools
      const { body: task } = yield* ask("POST", "/api/tasks", { title: "t" })
      const { body: tag } = yield* ask("POST", "/api/tags", { name: "red" })
      const { body: project } = yield* ask("POST", "/api/projects", { name: "Home" })
      const operations = { operations: [{ op: "create", task: { title: "t" } }] }
      const move = { after: "019c2f7e-0000-7000-8000-000000000000" }
      for (const asked of [
        ask("GET", "/api/tasks?q=t"),
        ask("GET", "/api/tasks?offset=1001"),
        ask("GET", "/api/trash?offset=1001"),
        ask("GET", "/api/tags?count=exact"),
        ask("GET", "/api/export"),
        ask("POST", `/api/tasks/${task.id}/move`, move),
        ask("POST", "/api/tasks/bulk", operations),
        ask("DELETE", `/api/tags/${tag.id}`),
        ask("DELETE", `/api/projects/${project.id}`)
      ]) {
        const fiber = yield* whileHeavyIsBusy(
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(asked)
            yield* until(() => pools.heavy.waiting === 1)
            return fiber
          })
        )
        assert.isBelow((yield* Fiber.join(fiber)).status, 500)
        yield* until(() => pools.heavy.inUse === 0)
      }
    })
  )

  it.effect("executes a user's heavy statement while another user waits for 20 of them", () =>
    Effect.gen(function* () {
      const db = yield* Database
      const pools = yield* DatabasePools
      const searches = yield* whileLocked(
        7,
        Effect.gen(function* () {
          const searches = yield* forkAll(
            Array.from({ length: 20 }, () => Effect.exit(db.heavy(db.query(ada, lockText(7)))))
          )
          // One of them has a connection, one waits and the others were refused.
          yield* until(() => pools.heavy.inUse === 1)
          assert.strictEqual(pools.heavy.waiting, 1)
          assert.lengthOf(yield* db.heavy(db.query(bob, "select $1")), 1)
          const other = Effect.flatMap(HttpTestClient, (request) => request("GET", "/api/tasks?q=milk", { as: "bob" }))
          assert.strictEqual((yield* other).status, 200)
          return searches
        })
      )
      const exits = yield* Fiber.join(searches)
      assert.lengthOf(exits.filter(Exit.isSuccess), 2)
      yield* assertIdle
    })
  )

  it.effect("lets a bounded number of statements wait and refuses others at once with 503", () =>
    Effect.gen(function* () {
      const other = yield* Other
      const pools = yield* DatabasePools
      const { body: task } = yield* ask("POST", "/api/tasks", { title: "t" })
      const path = `/api/tasks/${task.id}`
      // Eight on their way over the connection, and three that wait.
      const patches = Array.from({ length: 11 }, () => ask("PATCH", path, { title: "u" }))
      const patched = yield* other.withTransaction(
        Effect.gen(function* () {
          yield* other`select from task for update`
          const patched = yield* forkAll(patches)
          yield* until(() => pools.writes.waiting === 3)
          for (const method of ["PATCH", "DELETE"]) {
            const { body, headers } = yield* ask(method, path, method === "PATCH" ? { title: "u" } : undefined)
            assert.deepInclude(body, { status: 503, code: "SERVICE_UNAVAILABLE" })
            assert.strictEqual(headers.get("retry-after"), "1")
          }
          assert.deepStrictEqual(pools.writes, { inUse: 8, waiting: 3 })
          for (const read of [path, "/api/tasks", "/api/tasks?q=t"]) {
            assert.strictEqual((yield* ask("GET", read)).status, 200)
          }
          return patched
        })
      )
      for (const { status } of yield* Fiber.join(patched)) assert.strictEqual(status, 200)
      yield* assertIdle
    })
  )

  it.effect("stops counting callers that leave, whether their statement was sent or waited", () =>
    Effect.gen(function* () {
      const db = yield* Database
      const pools = yield* DatabasePools
      yield* whileLocked(
        8,
        Effect.gen(function* () {
          const reads = yield* forkAll(Array.from({ length: 10 }, () => db.query(ada, lockText(8))))
          yield* until(() => pools.reads.inUse === 8 && pools.reads.waiting === 2)
          const works = yield* forkAll(Array.from({ length: 4 }, () => db.transaction(ada, db.query(ada, lockText(8)))))
          yield* until(() => pools.transactions.inUse === 2 && pools.transactions.waiting === 2)
          yield* Fiber.interrupt(reads)
          yield* Fiber.interrupt(works)
          assert.strictEqual(pools.reads.waiting, 0)
          yield* until(() => pools.transactions.inUse === 0 && pools.transactions.waiting === 0)
        })
      )
      assert.lengthOf(yield* db.query(ada, "select $1"), 1)
      yield* assertIdle
    })
  )

  it.effect(
    "sends concurrent reads over one connection, and an interrupted caller does not affect the others' reads",
    () =>
      Effect.gen(function* () {
        const db = yield* Database
        const pools = yield* DatabasePools
        const read = db.query<{ pid: number }>(ada, `${lockText(9)}, pg_backend_pid() as pid`)
        const staying = yield* whileLocked(
          9,
          Effect.gen(function* () {
            const [leaving, ...staying] = yield* Effect.forEach([1, 2, 3, 4], () => Effect.forkChild(read))
            yield* until(() => pools.reads.inUse === 4)
            if (leaving !== undefined) yield* Fiber.interrupt(leaving)
            return staying
          })
        )
        const pids = (yield* Fiber.joinAll(staying)).map(([row]) => row?.pid)
        const [later] = yield* read
        assert.deepStrictEqual([...new Set(pids)], [later?.pid])
      })
  )

  it.effect(
    "releases the rows of answered statements while other statements are always on their way",
    () =>
      Effect.gen(function* () {
        const db = yield* Database
        const found: Array<WeakRef<object>> = []
        // Four at a time, so that some are on their way whenever one is answered.
        const chain = Effect.forEach(
          Array.from({ length: 400 }),
          () =>
            Effect.map(db.query<object>(ada, "select pg_backend_pid() as pid, pg_sleep(0.002), $1"), ([row]) => {
              if (row !== undefined) found.push(new WeakRef(row))
            }),
          { discard: true }
        )
        const chains = yield* forkAll([chain, chain, chain, chain])
        yield* until(() => found.length > 1300)
        collectGarbage()
        assert.isBelow(found.filter((row) => row.deref() !== undefined).length, 400)
        yield* Fiber.join(chains)
      }),
    slow
  )

  it.effect("refuses a statement that does not use its owner", () =>
    Effect.gen(function* () {
      const db = yield* Database
      const exit = yield* Effect.exit(db.query(ada, "select 1"))
      assert.match(String(exit), /could not determine data type of parameter \$1/)
    })
  )
})
