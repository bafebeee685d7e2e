import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import * as PostgresServer from "./PostgresServer.ts"
import * as TestDatabase from "./TestDatabase.ts"
import * as TestServer from "./TestServer.ts"

// For a busy machine; none of the tests depends on it.
const timeout = 300_000

const databaseName = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ name: string }>`select current_database() as name`
  return row?.name
})

layer(TestDatabase.layerPg, { timeout })("The database of a test file", (it) => {
  it.effect.skipIf(process.env.TEST_DATABASE_URL)("is on PostgreSQL 18", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ version: string }>`select current_setting('server_version') as version`
      assert.match(String(row?.version), /^18\./)
    })
  )

  it.effect(
    "is separate from others, also when many are created at once",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`create table only_here (id int)`
        const others = yield* Effect.forEach(
          Array.from({ length: 8 }),
          () =>
            Effect.gen(function* () {
              const other = yield* SqlClient.SqlClient
              const [row] = yield* other<{ found: string | null }>`select to_regclass('only_here')::text as found`
              assert.strictEqual(row?.found, null)
              return yield* databaseName
            }).pipe(Effect.provide(Layer.fresh(TestDatabase.layerPg))),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set([...others, yield* databaseName]).size, 9)
        const left = yield* sql`select from pg_database where datname = any(${others})`
        assert.strictEqual(left.length, 0)
      }),
    timeout
  )
})

describe.runIf(PostgresServer.isAvailable)("A private PostgreSQL server", () => {
  const client = (url: string) => PgClient.layer({ url: Redacted.make(url), maxConnections: 2 })

  it.live(
    "keeps committed rows after a crash, and clients reconnect",
    () =>
      Effect.gen(function* () {
        const server = yield* TestServer.start({ durable: true })
        const url = yield* PostgresServer.createDatabase(server.url)
        const before = yield* server.pid

        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`create table kept (id int)`
          yield* sql`insert into kept select generate_series(1, 100)`
          yield* server.kill
          assert.isFalse(isAlive(before))
          yield* Effect.flip(sql`select 1`)

          yield* server.restart
          assert.notStrictEqual(yield* server.pid, before)
          const rows = yield* Effect.retry(sql`select id from kept`, { times: 5 })
          assert.strictEqual(rows.length, 100)

          yield* server.restart
          yield* Effect.retry(sql`select id from kept`, { times: 5 })
        }).pipe(Effect.provide(client(url)))
      }),
    timeout
  )

  it.live(
    "does not respond while it is paused",
    () =>
      Effect.gen(function* () {
        const server = yield* TestServer.start()
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`select 1`
          yield* server.pause
          const query = yield* Effect.forkChild(sql`select 1`)
          // However long this is, the query waits longer.
          yield* Effect.sleep("200 millis")
          assert.isUndefined(query.pollUnsafe())
          yield* server.resume
          assert.strictEqual((yield* Fiber.join(query)).length, 1)
        }).pipe(Effect.provide(client(server.url)))
      }),
    timeout
  )

  it.live(
    "ends with the process that started it and leaves no files",
    () =>
      Effect.gen(function* () {
        const owner = spawn(process.execPath, ["--input-type=module", "--eval", program], {
          stdio: ["ignore", "pipe", "inherit"]
        })
        const [line] = yield* Effect.promise(() => once(owner.stdout, "data"))
        const { pid, directory } = JSON.parse(String(line)) as { readonly pid: number; readonly directory: string }
        assert.isTrue(isAlive(pid))
        assert.isTrue(existsSync(directory))

        owner.kill("SIGKILL")
        yield* Effect.sync(() => isAlive(pid) || existsSync(directory)).pipe(
          Effect.repeat({ while: (left) => left, schedule: Schedule.spaced("20 millis") })
        )
      }),
    timeout
  )
})

const program = `
  import { Effect } from "effect"
  import { start } from ${JSON.stringify(new URL("./PostgresServer.ts", import.meta.url).href)}
  await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const { directory, pid } = yield* start()
    console.log(JSON.stringify({ directory, pid: yield* pid }))
    return yield* Effect.never
  })))`

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
