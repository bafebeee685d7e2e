import { randomUUID } from "node:crypto"
import { PgClient, PgConnection } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Logger, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import type { Config } from "../../src/config/Config.ts"
import * as Migrations from "../../src/database/Migrations.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { HttpTestClient, type TestResponse } from "../support/HttpTestClient.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import { settings } from "../support/TestDatabase.ts"
import * as TestServer from "../support/TestServer.ts"

type Ask = Effect.Effect<TestResponse, never, HttpTestClient>

const asking = (method: string, path: string, body?: unknown, headers = {}): Ask =>
  Effect.flatMap(HttpTestClient, (client) =>
    client(method, path, { as: "ada", headers, ...(body !== undefined && { body }) })
  )

const list = asking("GET", "/api/tasks")
const create = asking("POST", "/api/tasks", { title: "t" })
const createOnce = Effect.suspend(() =>
  asking("POST", "/api/tasks", { title: "t" }, { "idempotency-key": randomUUID() })
)
const bulk = asking("POST", "/api/tasks/bulk", { operations: [{ op: "create", task: { title: "t" } }] })

/** One of each kind: a read and a write, in a transaction or not. */
const kinds: ReadonlyArray<Ask> = [
  list,
  create,
  bulk,
  asking("GET", "/api/tasks?q=t&count=exact"),
  createOnce,
  asking("GET", "/api/export")
]

const tick = 50

/**
 * A time limit in turns of a timer, which waits like everything else in this process when other processes have the
 * processor. A late turn counts like one in time.
 */
const within =
  (milliseconds: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) => {
    const turns = Effect.repeat(Effect.sleep(tick), { times: milliseconds / tick - 1 })
    return Effect.raceFirst(
      effect,
      Effect.andThen(turns, Effect.die(new Error(`not finished within ${milliseconds} ms`)))
    )
  }

/** The answer that is promised while the database is away, within the time that is promised. */
const assertAway = (ask: Ask) =>
  Effect.gen(function* () {
    const answer = yield* within(3_500)(ask)
    assert.deepInclude(answer.body, { status: 503, code: "SERVICE_UNAVAILABLE" })
    assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
    assert.strictEqual(answer.headers.get("retry-after"), "1")
  })

const assertAllAway = (asks: ReadonlyArray<Ask>) => Effect.forEach(asks, assertAway, { concurrency: "unbounded" })

const assertAllServed = Effect.gen(function* () {
  for (const { status } of yield* Effect.all(kinds, { concurrency: "unbounded" })) assert.isBelow(status, 300)
})

/** Everything, as soon as it is promised, and from then on. */
const assertBack = Effect.gen(function* () {
  const served = (ask: Ask) =>
    ask.pipe(
      Effect.filterOrFail(({ status }) => status < 300),
      Effect.retry(Schedule.spaced("50 millis"))
    )
  yield* within(2_000)(Effect.forEach(kinds, served, { concurrency: "unbounded" }))
  yield* assertAllServed
})

/** A client of the server that is none of the service's. */
class Operator extends Context.Service<Operator, SqlClient.SqlClient>()("test/Operator") {
  static readonly layer = (url: string) =>
    Layer.effect(Operator, SqlClient.SqlClient).pipe(
      Layer.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 20, applicationName: "other" }))
    )
}

interface World {
  readonly server: PostgresServer.PostgresServer
  readonly tunnel: TcpProxy.TcpProxy
}

describe.runIf(PostgresServer.isAvailable)("The service with an unavailable database", () => {
  const test = (
    name: string,
    body: (world: World) => Effect.Effect<unknown, unknown, HttpTestClient | Operator>,
    changed: Partial<Config> = {}
  ) =>
    it.live(
      name,
      () =>
        Effect.gen(function* () {
          const server = yield* TestServer.start({ durable: true, settings: { max_connections: "30" } })
          const tunnel = yield* TcpProxy.open(server.port)
          yield* Effect.provide(Migrations.apply, PostgresDatabase.layerDirect(settings, Redacted.make(server.url)))
          const database = PostgresDatabase.layer(
            { ...settings, ...changed },
            Redacted.make(tunnel.through(server.url))
          )
          // Without the log lines that its absence is worth.
          const client = HttpTestClient.layer.pipe(Layer.provide([database, Logger.layer([])]))
          yield* Effect.gen(function* () {
            yield* assertAllServed
            yield* body({ server, tunnel })
            yield* assertBack
          }).pipe(Effect.provide(Layer.mergeAll(client, Operator.layer(server.url))))
        }).pipe(Effect.scoped),
      300_000
    )

  test("responds in time while PostgreSQL is frozen, and serves when it continues", ({ server }) =>
    Effect.gen(function* () {
      yield* server.pause
      yield* assertAllAway([...kinds, ...kinds, ...kinds])
      yield* assertAllAway(kinds)
      yield* server.resume
    }))

  test("responds with 503 at once after PostgreSQL was killed, and serves when it restarts", ({ server }) =>
    Effect.gen(function* () {
      const { body: task } = yield* create
      yield* server.kill
      yield* assertAllAway([...kinds, ...kinds])
      yield* server.restart
      yield* assertBack
      const { body } = yield* asking("GET", `/api/tasks/${task.id}`)
      assert.deepStrictEqual(body, task)
    }))

  test("responds with 503 at once after PostgreSQL was stopped, and serves when it starts", ({ server }) =>
    Effect.gen(function* () {
      yield* server.stop
      yield* assertAllAway(kinds)
      yield* server.restart
    }))

  test("responds in time while the network drops all packets", ({ tunnel }) =>
    Effect.gen(function* () {
      yield* tunnel.drop
      yield* assertAllAway([...kinds, ...kinds, ...kinds])
      yield* assertAllAway(kinds)
      yield* tunnel.forward
    }))

  test("serves waiting requests when the network drops packets only for a moment", ({ tunnel }) =>
    Effect.gen(function* () {
      yield* tunnel.drop
      const lost = yield* Effect.forkChild(assertAllAway([...kinds, ...kinds, ...kinds]))
      yield* Effect.sleep("500 millis")
      yield* tunnel.forward
      yield* assertBack
      yield* Fiber.interrupt(lost)
    }))

  test("replaces connections that a firewall has forgotten", ({ tunnel }) => tunnel.blackhole)

  test(
    "replaces forgotten connections behind a transaction pooler after the time limit",
    ({ tunnel }) => tunnel.blackhole,
    { DATABASE_DIRECT_URL: Redacted.make("postgres://elsewhere"), DATABASE_QUERY_TIMEOUT: Duration.millis(500) }
  )

  test("responds in time while a table is locked, and holds no lock afterwards", () =>
    Effect.gen(function* () {
      const sql = yield* Operator
      const { body: task } = yield* create
      const patch = asking("PATCH", `/api/tasks/${task.id}`, { title: "u" })
      yield* sql.withTransaction(Effect.andThen(sql`select from task for update`, assertAllAway([patch, patch, patch])))
      assert.strictEqual((yield* patch).body.version, 2)
    }))

  test("responds in time while PostgreSQL is slow, and cancels statements that timed out", () =>
    Effect.gen(function* () {
      const sql = yield* Operator
      yield* sql`
        create function doze() returns trigger language plpgsql as 'begin perform pg_sleep(30); return new; end'
      `
      yield* sql`create trigger doze before insert on task for each row execute function doze()`
      yield* assertAllAway([create, create, bulk, bulk, create, create])
      yield* Effect.repeat(sql`select from pg_stat_activity where wait_event = 'PgSleep'`, {
        until: (rows) => rows.length === 0,
        schedule: Schedule.spaced("20 millis")
      }).pipe(within(2_000))
      yield* sql`drop trigger doze on task`
    }))

  const others = (sql: SqlClient.SqlClient) => sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where backend_type = 'client backend' and application_name <> 'other'
  `

  test("responds with 503 to writes while connections lead to a read-only server, and then opens new ones", () =>
    Effect.gen(function* () {
      const sql = yield* Operator
      // Sessions keep what the database had when they began, as those of a primary that became a standby stay read-only.
      yield* sql`alter database postgres set default_transaction_read_only = on`
      yield* others(sql)
      assert.strictEqual((yield* list).status, 200)
      const old = sql`select pid from pg_stat_activity where application_name = 'effect-tasks'`
      const pids = (yield* old).map(({ pid }) => pid)
      assert.isNotEmpty(pids)
      // Old enough to be replaced.
      yield* Effect.sleep("1100 millis")
      yield* sql`alter database postgres reset default_transaction_read_only`
      yield* assertAllAway([create, createOnce])
      yield* assertBack
      // Reads as well no longer go to the old server.
      yield* Effect.repeat(old, {
        until: (rows) => rows.every(({ pid }) => !pids.includes(pid)),
        schedule: Schedule.spaced("20 millis")
      })
    }))

  test("responds with 503 while PostgreSQL refuses new sessions, whatever the reason", ({ server }) =>
    Effect.gen(function* () {
      const sql = yield* Operator
      const { password } = new URL(server.url)
      for (const [refuse, permit] of [
        ["alter role postgres password 'changed'", `alter role postgres password '${password}'`],
        ["alter role postgres nologin", "alter role postgres login"]
      ] as const) {
        yield* sql.unsafe(refuse)
        yield* others(sql)
        yield* assertAllAway(kinds)
        yield* sql.unsafe(permit)
        yield* assertBack
      }
    }))

  test("ends a commit that waits for a synchronous standby, so that its locks block no later write", () =>
    Effect.gen(function* () {
      const sql = yield* Operator
      yield* sql`alter system set synchronous_standby_names = 'absent'`
      yield* sql`select pg_reload_conf()`
      // The server tells its sessions in a moment.
      const isLoaded = sql<{ is_loaded: boolean }>`
        select current_setting('synchronous_standby_names') = 'absent' as is_loaded
      `
      yield* Effect.repeat(isLoaded, { until: ([row]) => row?.is_loaded === true })
      const waiting = sql`select from pg_stat_activity where wait_event = 'SyncRep'`
      yield* within(3_500)(assertAllAway([createOnce, create]))
      yield* Effect.repeat(waiting, { until: (rows) => rows.length === 0, schedule: Schedule.spaced("20 millis") })
      yield* sql`alter system reset synchronous_standby_names`
      yield* sql`select pg_reload_conf()`
    }))

  test("responds with 503 while PostgreSQL has no free connection, and serves when there is one", ({ server }) =>
    Effect.gen(function* () {
      const sql = yield* Operator
      const other = Effect.exit(PgConnection.make({ url: Redacted.make(server.url), applicationName: "other" }))
      // Those that are just being opened do not have the name yet.
      const ours = sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where backend_type = 'client backend' and application_name <> 'other'
      `
      yield* Effect.gen(function* () {
        // The pool is quick to take back what it has lost.
        yield* Effect.repeat(Effect.andThen(ours, Effect.repeat(other, { until: Exit.isFailure })), {
          until: () => Effect.map(ours, (rows) => rows.length === 0)
        })
        yield* assertAllAway(kinds)
      }).pipe(Effect.scoped)
    }))
})
