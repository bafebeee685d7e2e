import { once } from "node:events"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Load from "../support/Load.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import {
  type Environment,
  request,
  type Service,
  secret,
  serve,
  serveOnPostgres,
  timeout,
  tokenFor,
  until
} from "../support/Process.ts"
import { open, requestHead } from "../support/Socket.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import * as TestServer from "../support/TestServer.ts"

const isRefused = (url: string) =>
  Effect.runPromise(
    Effect.scoped(Effect.match(open(url), { onFailure: ({ code }) => code === "ECONNREFUSED", onSuccess: () => false }))
  )

const assertExits = Effect.fnUntraced(function* (service: Service, limit: "2 seconds") {
  const { code, signal, stderr } = yield* Effect.timeout(service.exit, limit)
  assert.deepStrictEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" })
})

const assertCutsOff = Effect.fnUntraced(function* (service: Service, requests: number) {
  assert.strictEqual((yield* Effect.timeout(service.exit, "20 seconds")).code, 1)
  assert.include(service.output(), `cut off ${requests} requests after SHUTDOWN_TIMEOUT`)
})

/** A service on a database of its own, and a PATCH that it cannot answer before `release`. */
const serveWithPatchInFlight = Effect.fnUntraced(function* (environment: Environment = {}) {
  const DATABASE_URL = yield* TestDatabase.make
  const database = yield* Layer.build(PgClient.layer({ url: Redacted.make(DATABASE_URL), maxConnections: 2 }))
  const service = yield* serveOnPostgres({ DATABASE_URL, DATABASE_QUERY_TIMEOUT: "60", ...environment })
  const token = yield* tokenFor("ada")
  const task = yield* request(service.url, "/api/tasks", { token, body: { title: "Before" } })

  const release = yield* Deferred.make<void>()
  const connection = yield* Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const locked = yield* Deferred.make<void>()
    yield* sql`select from task for update`.pipe(
      Effect.andThen(Deferred.succeed(locked, undefined)),
      Effect.andThen(Deferred.await(release)),
      sql.withTransaction,
      Effect.forkScoped
    )
    yield* Deferred.await(locked)

    const connection = yield* open(service.url)
    const body = JSON.stringify({ title: "After" })
    yield* connection.send(
      requestHead(`PATCH /api/tasks/${task.body.id}`, [
        `Authorization: Bearer ${token}`,
        "Content-Type: application/json",
        `Content-Length: ${body.length}`
      ]) + body
    )
    const waiting = sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `
    yield* until(async () => (await Effect.runPromise(waiting)).length > 0)
    return connection
  }).pipe(Effect.provideContext(database))

  return { service, connection, release: Deferred.succeed(release, undefined) }
})

describe("shutdown", () => {
  it.live(
    "does not wait for idle connections",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres()
        const connection = yield* open(service.url)
        yield* connection.send(requestHead("GET /health/ready"))
        const answer = yield* connection.response
        assert.strictEqual(answer.status, 200)
        assert.notStrictEqual(answer.headers.connection, "close")
        assert.isFalse(connection.isClosed())
        // As browsers and balancers open them, to have them when they are needed.
        const unused = yield* open(service.url)
        assert.strictEqual((yield* request(service.url, "/health/live")).status, 200)

        yield* service.kill("SIGTERM")
        yield* assertExits(service, "2 seconds")
        assert.isTrue(connection.isClosed())
        assert.isTrue(unused.isClosed())
      }),
    timeout
  )

  it.live(
    "responds to requests in flight with Connection: close and accepts no new connections",
    () =>
      Effect.gen(function* () {
        const { release, service, connection } = yield* serveWithPatchInFlight()
        yield* service.kill("SIGTERM")
        yield* until(() => isRefused(service.url))
        assert.isFalse(connection.isClosed())

        yield* release
        const { body, headers, status } = yield* connection.response
        assert.strictEqual(status, 200)
        assert.strictEqual(headers.connection, "close")
        assert.strictEqual(JSON.parse(body).title, "After")
        yield* connection.closed
        yield* assertExits(service, "2 seconds")
      }),
    timeout
  )

  it.live(
    "responds to every request of clients that continue to send",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres()
        const load = yield* Load.start(service.url, yield* tokenFor("ada"), 8)
        yield* until(() => (load.statuses.get(201) ?? 0) > 200)
        yield* service.kill("SIGTERM")
        yield* assertExits(service, "2 seconds")
        assert.deepStrictEqual([...load.unanswered.values()], [])
        assert.deepStrictEqual([...load.statuses.keys()], [201])
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "exits at once at the second signal",
    () =>
      Effect.gen(function* () {
        const { service } = yield* serveWithPatchInFlight()
        yield* service.kill("SIGTERM")
        yield* until(() => isRefused(service.url))
        yield* service.kill("SIGTERM")
        assert.strictEqual((yield* Effect.timeout(service.exit, "2 seconds")).code, 1)
      }),
    timeout
  )
})

// They mostly wait for these settings, and accept a late end.
describe("shutdown with SHUTDOWN_DELAY or SHUTDOWN_TIMEOUT", { concurrent: true }, () => {
  it.live(
    "serves requests during SHUTDOWN_DELAY while readiness fails, and ignores SIGHUP",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ SHUTDOWN_DELAY: "3", WEB_CONCURRENCY: "1" })
        yield* service.kill("SIGHUP")
        const token = yield* tokenFor("ada")
        yield* service.kill("SIGTERM")
        yield* until(() =>
          request(service.url, "/health/ready").pipe(
            Effect.map(({ status }) => status === 503),
            Effect.runPromise
          )
        )
        assert.strictEqual((yield* request(service.url, "/api/tasks", { token })).status, 200)
        assert.strictEqual((yield* Effect.timeout(service.exit, "20 seconds")).code, 0)
      }),
    timeout
  )

  it.live(
    "cuts off requests after SHUTDOWN_TIMEOUT and exits with 1",
    () =>
      Effect.gen(function* () {
        const { service, connection } = yield* serveWithPatchInFlight({ SHUTDOWN_TIMEOUT: "3" })
        yield* service.kill("SIGTERM")
        yield* assertCutsOff(service, 1)
        assert.isTrue(connection.isClosed())
        // 499 would say that the client left.
        assert.include(service.output(), "PATCH /api/tasks/:task_id 503")
      }),
    timeout
  )

  it.live(
    "logs a request that it cuts off while its body is being received",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ SHUTDOWN_TIMEOUT: "1", ADMIN_PORT: "0" })
        const headers = [`Authorization: Bearer ${yield* tokenFor("ada")}`, "Content-Length: 9", "Expect: 100-continue"]
        yield* request(service.url, "/api/tasks", { token: yield* tokenFor("ada") })
        const connection = yield* open(service.url)
        yield* connection.send(requestHead("POST /api/tasks", headers))
        yield* Effect.promise(() => once(connection.socket, "data"))
        yield* service.kill("SIGTERM")
        yield* assertCutsOff(service, 1)
        assert.include(service.output(), "POST /api/tasks 503")
      }),
    timeout
  )

  it.live.runIf(PostgresServer.isAvailable)(
    "does not wait for a frozen database longer than SHUTDOWN_TIMEOUT",
    () =>
      Effect.gen(function* () {
        const server = yield* TestServer.start()
        const service = yield* serve({
          DATABASE_URL: server.url,
          BETTER_AUTH_SECRET: secret,
          DATABASE_QUERY_TIMEOUT: "60",
          SHUTDOWN_TIMEOUT: "3"
        })
        const token = yield* tokenFor("ada")
        assert.strictEqual((yield* request(service.url, "/api/tasks", { token })).status, 200)
        yield* server.pause
        const connection = yield* open(service.url)
        yield* connection.send(requestHead("GET /api/tasks", [`Authorization: Bearer ${token}`]))
        // The pool lends the one connection that is idle, so a second request makes it open another.
        const second = yield* open(service.url)
        yield* second.send(requestHead("GET /api/tasks", [`Authorization: Bearer ${token}`]))

        yield* service.kill("SIGTERM")
        yield* assertCutsOff(service, 2)
      }),
    timeout
  )
})
