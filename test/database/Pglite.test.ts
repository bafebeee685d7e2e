import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Duplex } from "node:stream"
import { fileURLToPath } from "node:url"
import { PgClient, PgConnection, PgProtocol } from "@effect/sql-pg"
import { assert, describe, it, layer } from "@effect/vitest"
import { Array, Context, Deferred, Effect, Exit, Fiber, Layer, Queue, Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { open } from "../../src/database/Pglite.ts"
import { directory, makeEmbedded } from "../support/TestDatabase.ts"

class Database extends Context.Service<Database, () => Duplex>()("test/platform/Database") {
  static readonly layer = Layer.effect(Database, Effect.flatMap(makeEmbedded, open))
}

const user = { username: "postgres", database: "postgres" }

const pool = (config: PgClient.PgPoolConfig = {}) =>
  Effect.flatMap(Database, (stream) => PgClient.make({ ...user, stream, ...config })).pipe(
    Effect.provide(Reactivity.layer)
  )

const connect = Effect.flatMap(Database, (stream) => PgConnection.make({ ...user, stream }))

layer(Database.layer)("Pglite", (it) => {
  it.effect("concurrent transactions wait for each other and lose no update", () =>
    Effect.gen(function* () {
      const sql = yield* pool()
      yield* sql`create table counter as select 0 as n`
      const increment = Effect.gen(function* () {
        const [row] = yield* sql<{ n: number }>`select n from counter`
        yield* Effect.yieldNow
        yield* sql`update counter set n = ${(row?.n ?? 0) + 1}`
      })
      yield* Effect.all(Array.replicate(sql.withTransaction(increment), 50), { concurrency: "unbounded" })
      assert.deepStrictEqual(yield* sql`select n from counter`, [{ n: 50 }])

      const other = yield* connect
      const read = yield* Effect.gen(function* () {
        yield* sql`update counter set n = 51`
        const read = yield* Effect.forkChild(other.query("select n from counter"), { startImmediately: true })
        yield* sql`update counter set n = 52`
        assert.isUndefined(read.pollUnsafe())
        return read
      }).pipe(sql.withTransaction)
      assert.deepStrictEqual((yield* Fiber.join(read)).rows, [{ n: 52 }])
    })
  )

  it.effect("a transaction is rolled back when its connection closes, and the next connection works", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const sql = yield* pool()
      yield* sql`create table kept (id int)`
      const streams: Array<Duplex> = []
      const stream = () => {
        const connection = database()
        streams.push(connection)
        return connection
      }
      const abandon = Effect.gen(function* () {
        const connection = yield* PgConnection.make({ ...user, stream })
        yield* connection.query("begin")
        yield* connection.query("insert into kept values (1)")
      })
      yield* Effect.scoped(abandon)
      assert.deepStrictEqual(yield* sql`select id from kept`, [])
      yield* abandon
      streams[1]?.destroy()
      assert.deepStrictEqual(yield* sql`select id from kept`, [])
      yield* sql`insert into kept values (2)`
      assert.deepStrictEqual(yield* sql`select id from kept`, [{ id: 2 }])
    })
  )

  it.effect("a cancel request does not affect other statements", () =>
    Effect.gen(function* () {
      const stream = yield* Database
      const connection = yield* connect
      yield* connection.query("begin")
      const canceling = stream()
      const closed = yield* Effect.forkChild(
        Effect.callback<void>((resume) => void canceling.once("close", () => resume(Effect.void))),
        { startImmediately: true }
      )
      canceling.write(PgProtocol.encodeCancelRequest({ pid: connection.processId, secret: 0 }))
      yield* Fiber.join(closed)
      assert.strictEqual((yield* connection.query("commit")).command, "COMMIT")
    })
  )

  it.effect("notifications reach a listener on another connection", () =>
    Effect.gen(function* () {
      const sql = yield* pool()
      const heard = yield* sql.listen("news")
      yield* sql.notify("news", "first")
      assert.strictEqual((yield* Queue.take(heard)).payload, "first")
    })
  )

  it.effect("other listeners still receive notifications after one connection closes", () =>
    Effect.gen(function* () {
      const sql = yield* pool()
      const heard = yield* sql.listen("news")
      yield* Effect.scoped(sql.listen("news"))
      yield* sql.notify("news", "second")
      assert.strictEqual((yield* Queue.take(heard)).payload, "second")
    })
  )

  it.effect("prepared statements of different connections do not collide", () =>
    Effect.gen(function* () {
      const [first, second] = yield* Effect.all([connect, connect])
      const ask = Effect.all([first.query("select 1 as a"), second.query("select 2 as b")])
      for (const [a, b] of [yield* ask, yield* ask]) {
        assert.deepStrictEqual([a.rows, b.rows], [[{ a: 1 }], [{ b: 2 }]])
      }
    })
  )

  it.effect("the prepared statements of a closed connection are removed", () =>
    Effect.gen(function* () {
      const connection = yield* connect
      const count = Effect.map(connection.query("select name from pg_prepared_statements"), ({ rowCount }) => rowCount)
      yield* count
      const before = yield* count
      const scope = yield* Scope.make()
      const closing = yield* Scope.provide(connect, scope)
      yield* closing.query("select 3")
      assert.strictEqual(yield* count, before + 1)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* count, before)
    })
  )

  it.effect("a unique violation is a typed error", () =>
    Effect.gen(function* () {
      const sql = yield* pool()
      yield* sql`create table single (id int constraint single_id_key unique)`
      yield* sql`insert into single values (1)`
      const error = yield* Effect.flip(sql`insert into single values (1)`)
      assert.strictEqual(error.reason._tag, "UniqueViolation")
      assert.deepInclude(error.reason, { constraint: "single_id_key" })
    })
  )

  it.effect("a thousand concurrent statements over ten connections all succeed", () =>
    Effect.gen(function* () {
      const sql = yield* pool({ multiplex: true, maxConnections: 10 })
      yield* sql`create table answer (id int)`
      const ask = (id: number) =>
        id % 10 === 0
          ? Effect.catch(sql`select 1 / ${0}::int as id`, () => Effect.succeed([{ id }]))
          : id % 10 === 1
            ? sql.withTransaction(sql`insert into answer values (${id}) returning id`)
            : sql`select ${id}::int as id`
      const ids = Array.range(1, 1000)
      const answers = yield* Effect.forEach(ids, ask, { concurrency: "unbounded" })
      assert.deepStrictEqual(
        answers.flat(),
        ids.map((id) => ({ id }))
      )
      assert.deepStrictEqual(yield* sql`select count(*)::int as n from answer`, [{ n: 100 }])
    })
  )

  it.effect("a large result is complete", () =>
    Effect.gen(function* () {
      const sql = yield* pool()
      const rows = yield* sql<{ text: string }>`select repeat('x', 1000) as text from generate_series(1, 20000)`
      assert.strictEqual(
        rows.reduce((length, row) => length + row.text.length, 0),
        20_000_000
      )
    })
  )
})

describe("Pglite in a directory", () => {
  const writer = Effect.fnUntraced(function* (path: string) {
    const started = yield* Deferred.make<void>()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [fileURLToPath(new URL("fixtures/writer.ts", import.meta.url)), path], {
          stdio: ["ignore", "pipe", "inherit"]
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const acknowledged: Array<number> = []
    const lines = createInterface(child.stdout)
    lines.on("line", (line) => {
      acknowledged.push(Number(line))
      if (acknowledged.length === 100) Deferred.doneUnsafe(started, Exit.void)
    })
    const kill = Effect.callback<ReadonlyArray<number>>((resume) => {
      lines.once("close", () => resume(Effect.succeed(acknowledged)))
      child.kill("SIGKILL")
    })
    yield* Deferred.await(started)
    return { kill }
  })

  it.live("a new database is a copy of the template that npm ci makes, or made by initdb where there is none", () =>
    Effect.gen(function* () {
      const identify = (template?: () => Promise<undefined>) =>
        Effect.gen(function* () {
          const stream = yield* open(yield* directory, template)
          const connection = yield* PgConnection.make({ ...user, stream })
          return yield* connection.queryValues("select system_identifier from pg_control_system()")
        }).pipe(Effect.scoped)
      const copied = yield* identify()
      assert.deepStrictEqual(yield* identify(), copied, "npm run prepare makes the template")
      assert.notDeepEqual(yield* identify(async () => undefined), copied)
    })
  )

  it.live("a second process cannot open the directory, and the error names it", () =>
    Effect.gen(function* () {
      const path = yield* makeEmbedded
      yield* writer(path)
      const error = yield* Effect.flip(open(path))
      assert.strictEqual(error._tag, "DirectoryInUse")
      assert.include(error.message, path)
    })
  )

  it.live("acknowledged rows survive SIGKILL", () =>
    Effect.gen(function* () {
      const path = yield* makeEmbedded
      const { kill } = yield* writer(path)
      const acknowledged = yield* kill
      const stream = yield* open(path)
      const connection = yield* PgConnection.make({ ...user, stream })
      const { rows } = yield* connection.query("select id from row order by id")
      assert.isAtLeast(acknowledged.length, 100)
      assert.deepStrictEqual(
        rows.slice(0, acknowledged.length),
        acknowledged.map((id) => ({ id }))
      )
    })
  )

  it.live("statements fail, and none hangs, when the database crashes", () =>
    Effect.gen(function* () {
      const stream = yield* Effect.flatMap(makeEmbedded, open)
      const crashing = yield* PgConnection.make({ ...user, stream })
      const listening = yield* PgConnection.make({ ...user, stream })
      const heard = yield* listening.listen("news")
      yield* crashing.query("create function f(i int) returns int language plpgsql as $$ begin return f(i + 1); end $$")
      const failures = [yield* Effect.flip(crashing.query("select f(1)")), yield* Effect.flip(Queue.take(heard))]
      const next = yield* PgConnection.make({ ...user, stream })
      for (const failure of [...failures, yield* Effect.flip(next.query("select 1"))]) {
        assert.strictEqual(failure.reason._tag, "ConnectionError")
      }
    })
  )
})
