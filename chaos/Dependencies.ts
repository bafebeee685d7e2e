import { spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { connect } from "node:net"
import { Effect, Exit, Scope } from "effect"
import * as PostgresServer from "../test/support/PostgresServer.ts"
import * as Process from "../test/support/Process.ts"

/** The service with its standard output unread, as behind a log collector that has stopped. */
export const startStalled = Effect.fnUntraced(function* (environment: Process.Environment) {
  const [PORT, ADMIN_PORT] = [freePort(), freePort()]
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["dist/main.js", "serve"], {
        cwd: Process.root,
        env: { PATH: process.env.PATH, ...environment, PORT, ADMIN_PORT },
        stdio: ["ignore", "pipe", "ignore"]
      })
    ),
    (child) => Effect.sync(() => void child.kill("SIGKILL"))
  )
  const [url, admin] = [`http://127.0.0.1:${PORT}`, `http://127.0.0.1:${ADMIN_PORT}`]
  yield* Process.until(async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok === true)
  return { url, admin }
})

// Below the range for outgoing connections: a client that reconnects while the server is down could be given the
// server's port and be connected to itself.
const freePort = () => String(randomInt(20_000, 30_000))

export const bundle: Process.Program = { command: [process.execPath, "dist/main.js"], cwd: Process.root }

/** A process that can be killed and started again on the same port. */
interface Restartable {
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<Process.ProcessExit>
  readonly start: Effect.Effect<void>
}

const restartable = Effect.fnUntraced(function* <E>(boot: Effect.Effect<Process.Process, E, Scope.Scope>) {
  const outer = yield* Effect.scope
  let current: { process: Process.Process; scope: Scope.Closeable } | undefined
  const start = Effect.gen(function* () {
    const scope = yield* Scope.fork(outer)
    current = { scope, process: yield* Effect.orDie(Scope.provide(boot, scope)) }
  })
  yield* start
  const kill = (signal: NodeJS.Signals) =>
    Effect.gen(function* () {
      if (current === undefined) return yield* Effect.die("The process does not run")
      const { process, scope } = current
      yield* process.kill(signal)
      const ended = yield* process.exit
      yield* Scope.close(scope, Exit.void)
      return ended
    })
  return { kill, start } satisfies Restartable
})

/** One process of the service, started as in the container image. */
export const startService = Effect.fnUntraced(function* (environment: Process.Environment) {
  const PORT = freePort()
  const process = yield* restartable(Process.serve({ ...environment, PORT }, bundle))
  return { ...process, url: `http://127.0.0.1:${PORT}` }
})

const respondsToPing = (port: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write("PING\r\n"))
    socket.once("data", () => resolve(true)).once("error", () => resolve(false))
    socket.once("data", () => socket.destroy())
  })

/** Redis without persistence. */
export const startRedis = Effect.gen(function* () {
  const port = freePort()
  const options = ["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]
  const process = yield* restartable(
    Effect.tap(Process.start(options, {}, { command: ["redis-server"], cwd: "/" }), () =>
      Process.until(() => respondsToPing(port))
    )
  )
  return { ...process, url: `redis://127.0.0.1:${port}` }
})

export const isRedisInstalled = Effect.callback<boolean>((resume) => {
  spawn("redis-server", ["--version"], { stdio: "ignore" })
    .once("error", () => resume(Effect.succeed(false)))
    .once("exit", () => resume(Effect.succeed(true)))
})

/** A durable PostgreSQL with an empty database. `terminate` ends the connections of all clients. */
export const startPostgres = Effect.gen(function* () {
  const server = yield* PostgresServer.start({ durable: true })
  const url = yield* PostgresServer.createDatabase(server.url)
  const terminate = PostgresServer.administer(
    server.url,
    (sql) =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`
  )
  return { ...server, url, terminate }
})
