import { type ChildProcess, spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import type { Implementation } from "./implementations.ts"
import { onServerCore } from "./machine.ts"

export interface Process {
  readonly implementation: Implementation
  readonly child: ChildProcess
  readonly pid: number
  readonly url: string
  /** Milliseconds from the start of the process to its first response. */
  readonly firstResponse: number
}

/** Production settings. Rate limits are enforced, and too high to be reached. */
export const production = {
  ENVIRONMENT: "production",
  DATABASE_POOL_MAX: "10",
  RATE_LIMIT: "1000000/second",
  RATE_LIMIT_ADDRESS: "1000000/second",
  ALLOWED_ORIGINS: "https://app.example.com",
  PYTHONDONTWRITEBYTECODE: "1"
}

/** A directory that is deleted with the scope. */
export const temporaryDirectory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-tasks-bench-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

// Below the range for outgoing connections, so that no connection takes the port before the server does.
const randomPort = () => String(randomInt(10_000, 20_000))

/** Asks the process to stop, and kills it if it has not stopped after 10 seconds. */
export const stop = (child: ChildProcess) =>
  Effect.promise(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, "exit")
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000)
    await exit
    clearTimeout(timer)
  })

/** Starts a server on the server's core and waits for its first successful response. It stops with the scope. */
export const start = Effect.fnUntraced(function* (
  implementation: Implementation,
  environment: Readonly<Record<string, string>>,
  path = "/health/live"
) {
  const PORT = randomPort()
  const ADMIN_PORT = randomPort()
  const url = `http://127.0.0.1:${PORT}`
  const startedAt = performance.now()
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const [command = "", ...args] = onServerCore(implementation.command)
      return spawn(command, args, {
        // A .env file in the current directory would change the settings.
        cwd: tmpdir(),
        env: { PATH: process.env.PATH, HOST: "127.0.0.1", PORT, UVICORN_PORT: PORT, ADMIN_PORT, ...environment },
        stdio: ["ignore", "ignore", "pipe"]
      })
    }),
    stop
  )
  let stderr = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4096)
  })
  const isReady = async () => (await fetch(url + path).catch(() => undefined))?.ok === true
  while (!(yield* Effect.promise(isReady))) {
    if (child.exitCode !== null || child.pid === undefined || performance.now() - startedAt > 180_000) {
      return yield* Effect.die(new Error(`${implementation.title} does not start:\n${stderr}`))
    }
    yield* Effect.sleep("2 millis")
  }
  const firstResponse = performance.now() - startedAt
  return { implementation, child, pid: child.pid ?? 0, url, firstResponse } satisfies Process
})
