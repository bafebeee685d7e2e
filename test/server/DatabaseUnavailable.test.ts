import { randomUUID } from "node:crypto"
import { PgClient, PgConnection } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Logger, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import type { Config } from "../../src/config/Config.ts"
import * as Migrations from "../../src/database/Migrations.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { type Answer, Wire } from "../support/HttpTestClient.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import { settings } from "../support/TestDatabase.ts"
import * as TestServer from "../support/TestServer.ts"

type Ask = Effect.Effect<Answer, never, Wire>

const asking = (method: string, path: string, body?: unknown, headers = {}): Ask =>
  Effect.flatMap(Wire, (wire) => wire(method, path, { as: "ada", headers, ...(body !== undefined && { body }) }))

const list = asking("GET", "/api/tasks")
const create = asking("POST", "/api/tasks", { title: "t" })
const bulk = asking("POST", "/api/tasks/bulk", { operations: [{ op: "create", task: { title: "t" } }] })

/** One of each kind: on either lane, in a transaction or not. */
const kinds: ReadonlyArray<Ask> = [
  list,
  create,
  bulk,
  asking("GET", "/api/tasks?q=t&count=exact"),
  Effect.suspend(() => asking("POST", "/api/tasks", { title: "t" }, { "idempotency-key": randomUUID() })),
  asking("GET", "/api/export")
]

/** The answer that is promised while the database is away, within the time that is promised. */
const assertAway = (ask: Ask) =>
  Effect.gen(function* () {
    const answer = yield* Effect.timeout(ask, "3500 millis")
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
  yield* Effect.timeout(Effect.forEach(kinds, served, { concurrency: "unbounded" }), "2 seconds")
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
  readonly tunnel: TcpProxy.Tunnel
}

describe.runIf(PostgresServer.isAvailable)("While the database is away", () => {
  const test = (
    name: string,
    body: (world: World) => Effect.Effect<unknown, unknown, Wire | Operator>,
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
          const wire = Wire.layer.pipe(Layer.provide([database, Logger.layer([])]))
          yield* Effect.gen(function* () {
            yield* assertAllServed
            yield* body({ server, tunnel })
            yield* assertBack
          }).pipe(Effect.provide(Layer.mergeAll(wire, Operator.layer(server.url))))
        }).pipe(Effect.scoped),
      300_000
    )

  test("frozen, it makes nobody wait longer than promised, and serves when it thaws", ({ server }) =>
    Effect.gen(function* () {
      yield* server.pause
      yield* assertAllAway([...kinds, ...kinds, ...kinds])
      yield* assertAllAway(kinds)
      yield* server.resume
    }))

  test("killed, it is told at once, and found again when it restarts", ({ server }) =>
    Effect.gen(function* () {
      const { body: task } = yield* create
      yield* server.kill
      yield* assertAllAway([...kinds, ...kinds])
      yield* server.restart
      yield* assertBack
      const { body } = yield* asking("GET", `/api/tasks/${task.id}`)
      assert.deepStrictEqual(body, task)
    }))

  test("stopped, it is told at once, and found again when it starts", ({ server }) =>
    Effect.gen(function* () {
      yield* server.stop
      yield* assertAllAway(kinds)
      yield* server.restart
    }))

  test("behind a line that swallows everything, it makes nobody wait longer than promised", ({ tunnel }) =>
    Effect.gen(function* () {
      yield* tunnel.swallow
      yield* assertAllAway([...kinds, ...kinds, ...kinds])
      yield* assertAllAway(kinds)
      yield* tunnel.pass
    }))

  test("behind a line that swallows everything for a moment, it is found again before who waits gives up", ({
    tunnel
  }) =>
    Effect.gen(function* () {
      yield* tunnel.swallow
      const lost = yield* Effect.forkChild(assertAllAway([...kinds, ...kinds, ...kinds]))
      yield* Effect.sleep("500 millis")
      yield* tunnel.pass
      yield* assertBack
      yield* Fiber.interrupt(lost)
    }))

  test("behind a firewall that has forgotten every connection, it is found again", ({ tunnel }) => tunnel.forget)

  test(
    "behind a transaction pooler, whose processes are not the server's, it is found again when time is up",
    ({ tunnel }) => tunnel.forget,
    { DATABASE_DIRECT_URL: Redacted.make("postgres://elsewhere"), DATABASE_QUERY_TIMEOUT: Duration.millis(500) }
  )

  test("locked, it makes nobody wait longer than promised, and leaves no lock behind", () =>
    Effect.gen(function* () {
      const sql = yield* Operator
      const { body: task } = yield* create
      const patch = asking("PATCH", `/api/tasks/${task.id}`, { title: "u" })
      yield* sql.withTransaction(Effect.andThen(sql`select from task for update`, assertAllAway([patch, patch, patch])))
      assert.strictEqual((yield* patch).body.version, 2)
    }))

  test("slow, it makes nobody wait longer than promised, and goes on with nothing that nobody waits for", () =>
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
      }).pipe(Effect.timeout("2 seconds"))
      yield* sql`drop trigger doze on task`
    }))

  test("out of connections, it is told, and serves when there is one again", ({ server }) =>
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
