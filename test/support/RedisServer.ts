import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { randomBytes, randomInt } from "node:crypto"
import { once } from "node:events"
import { Data, Effect, Schedule } from "effect"
import { until } from "./Process.ts"
import * as TestDatabase from "./TestDatabase.ts"

/** Redis did not start; the message is its own. */
export class RedisFailed extends Data.TaggedError("RedisFailed")<{ readonly message: string }> {}

export interface RedisServer {
  readonly url: string
  readonly password: string
  readonly port: number
  /** Freezes it: connections stay open, new ones are accepted by the kernel, nothing responds. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** SIGKILL; returns when it is gone. What it held is lost. */
  readonly kill: Effect.Effect<void>
  /** Starts it on the same port, with nothing in it, after `kill` if it still runs. */
  readonly restart: Effect.Effect<void, RedisFailed>
}

/** Where there is no redis-server, the tests that need one are passed over; in CI they must not be. */
export const isAvailable = spawnSync("redis-server", ["--version"]).status === 0 || process.env.CI !== undefined

// biome-ignore lint/suspicious/noConsole: a developer must see which tests were skipped
if (!isAvailable) console.warn("There is no redis-server on the PATH: the tests that need one are skipped.")

const end = async (child: ChildProcess | undefined) => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}

/** A private Redis with a password, which ends with the scope. */
export const start = Effect.gen(function* () {
  const directory = yield* TestDatabase.directory
  const password = randomBytes(16).toString("hex")
  let current: ChildProcess | undefined

  const boot = (port: number) =>
    Effect.gen(function* () {
      const child = spawn(
        "redis-server",
        [
          ...["--port", String(port), "--bind", "127.0.0.1", "--dir", directory],
          ...["--save", "", "--appendonly", "no", "--requirepass", password]
        ],
        { stdio: ["ignore", "pipe", "pipe"] }
      )
      current = child
      // Its stdin ends with our process, however that dies.
      const guard = spawn("sh", ["-c", 'read -r _; kill -KILL "$0"', String(child.pid)], {
        detached: true,
        stdio: ["pipe", "ignore", "ignore"]
      })
      child.once("exit", () => guard.kill("SIGKILL"))
      let log = ""
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += text))
      child.on("error", (cause) => (log += cause))
      const isReady = () => log.includes("Ready to accept connections")
      yield* until(() => isReady() || child.exitCode !== null || child.pid === undefined)
      if (!isReady()) return yield* new RedisFailed({ message: log })
    })
  const kill = Effect.promise(() => end(current))
  const signal = (name: NodeJS.Signals) => Effect.sync(() => void current?.kill(name))
  yield* Effect.addFinalizer(() => kill)

  // Below the range for outgoing connections, like the ports of PostgresServer.
  const port = yield* Effect.suspend(() => {
    const port = randomInt(20_000, 30_000)
    return Effect.as(boot(port), port)
  }).pipe(Effect.retry(Schedule.recurs(4)))

  const server: RedisServer = {
    url: `redis://:${password}@127.0.0.1:${port}`,
    password,
    port,
    pause: signal("SIGSTOP"),
    resume: signal("SIGCONT"),
    kill,
    restart: Effect.andThen(kill, boot(port))
  }
  return server
})
