import { connect, createServer, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { type Duration, Effect, Layer, Logger, Redacted, Schedule } from "effect"
import * as Database from "../../src/platform/Database.ts"
import * as Migrations from "../../src/platform/Migrations.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import { settings } from "../support/TestDatabase.ts"
import { type Answer, Wire } from "../support/Wire.ts"

const database = (url: string) => Database.layerPool(settings, Redacted.make(url))

/** The wire on a database, without the log lines that its absence is worth. */
const wireOn = (url: string) => Wire.layer.pipe(Layer.provide([database(url), Logger.layer([])]))

/** The answer that is promised while the database is away, within the time that is promised. */
const assertAway = (ask: Effect.Effect<Answer, never, Wire>) =>
  Effect.gen(function* () {
    const answer = yield* Effect.timeout(ask, "3500 millis")
    assert.deepInclude(answer.body, { status: 503, code: "SERVICE_UNAVAILABLE" })
    assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
    assert.strictEqual(answer.headers.get("retry-after"), "1")
  })

const assertBack = (ask: Effect.Effect<Answer, never, Wire>, within: Duration.Input = "5 seconds") =>
  ask.pipe(
    Effect.filterOrFail(({ status }) => status === 200),
    Effect.retry(Schedule.spaced("50 millis")),
    Effect.timeout(within)
  )

/** A way to the server on which everything can get lost without a word. */
const makeTunnel = Effect.fnUntraced(function* (port: number) {
  const sockets = new Set<Socket>()
  let open = true
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1")
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.on("data", (bytes) => {
        if (open) to.write(bytes)
      })
      from.on("error", () => {})
      from.on("close", () => to.destroy())
    }
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
  )
  const address = server.address()
  assert(typeof address === "object" && address !== null)
  return { port: address.port, close: () => (open = false), open: () => (open = true) }
})

const list = Effect.flatMap(Wire, (wire) => wire("GET", "/api/tasks", { as: "ada" }))
const create = Effect.flatMap(Wire, (wire) => wire("POST", "/api/tasks", { as: "ada", body: { title: "t" } }))

describe.runIf(PostgresServer.isAvailable)("While the database is away", () => {
  const test = (name: string, body: (server: PostgresServer.PostgresServer) => Effect.Effect<unknown, unknown, Wire>) =>
    it.live(
      name,
      () =>
        Effect.gen(function* () {
          const server = yield* PostgresServer.start({ durable: true })
          yield* Effect.provide(Migrations.apply, database(server.url))
          yield* body(server).pipe(Effect.provide(wireOn(server.url)))
        }).pipe(Effect.scoped),
      60_000
    )

  test("frozen, it makes nobody wait longer than promised, and serves when it thaws", (server) =>
    Effect.gen(function* () {
      yield* assertBack(list)
      yield* server.pause
      yield* Effect.all(
        Array.from({ length: 12 }, (_, n) => assertAway(n % 2 === 0 ? list : create)),
        { concurrency: "unbounded" }
      )
      yield* server.resume
      yield* assertBack(list)
    }))

  test("killed, it is told at once, and found again when it restarts", (server) =>
    Effect.gen(function* () {
      const { body: task } = yield* create
      yield* server.kill
      yield* assertAway(list)
      yield* assertAway(create)
      yield* server.restart
      const { body } = yield* assertBack(list)
      assert.deepInclude(body, task)
    }))

  it.live(
    "behind a line that swallows everything, it makes nobody wait longer than promised",
    () =>
      Effect.gen(function* () {
        const server = yield* PostgresServer.start({ durable: true })
        yield* Effect.provide(Migrations.apply, database(server.url))
        const tunnel = yield* makeTunnel(server.port)
        const url = server.url.replace(`:${server.port}`, `:${tunnel.port}`)
        yield* Effect.gen(function* () {
          yield* assertBack(list)
          tunnel.close()
          yield* Effect.all(
            Array.from({ length: 12 }, () => assertAway(list)),
            { concurrency: "unbounded" }
          )
          yield* assertAway(create)
          tunnel.open()
          // The client waits five seconds for a statement that it gave up before it lets go of the connection.
          yield* assertBack(list, "10 seconds")
        }).pipe(Effect.provide(wireOn(url)))
      }).pipe(Effect.scoped),
    60_000
  )
})
