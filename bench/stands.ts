import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { Effect } from "effect"
import type { Contestant } from "./contestants.ts"
import { onServerCore } from "./machine.ts"

/** A contestant that runs. */
export interface Stand {
  readonly contestant: Contestant
  readonly child: ChildProcess
  readonly pid: number
  readonly url: string
  /** Milliseconds from its start to its first answer. */
  readonly firstAnswer: number
}

/** Production, whatever the contestant makes of it: limits that are counted and never met, a page of another origin. */
const settings = {
  ENVIRONMENT: "production",
  HOST: "127.0.0.1",
  PYTHONDONTWRITEBYTECODE: "1",
  DATABASE_POOL_MAX: "10",
  RATE_LIMIT: "1000000/second",
  RATE_LIMIT_ADDRESS: "1000000/second",
  ALLOWED_ORIGINS: "https://app.example.com"
}

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

const patience = 30_000

const answers = (url: string) =>
  fetch(`${url}/health/live`).then(
    ({ ok }) => ok,
    () => false
  )

/** Starts it on a free port, and waits for its first answer. It ends with the scope. Its log goes nowhere. */
export const start = Effect.fnUntraced(function* (contestant: Contestant, given: Readonly<Record<string, string>>) {
  const [port, adminPort] = yield* Effect.promise(() => Promise.all([freePort(), freePort()]))
  const url = `http://127.0.0.1:${port}`
  const began = performance.now()
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const [command = "", ...args] = onServerCore(contestant.command)
      return spawn(command, args, {
        // No file .env lies there.
        cwd: tmpdir(),
        env: {
          PATH: process.env.PATH,
          ...settings,
          ...given,
          PORT: String(port),
          UVICORN_PORT: String(port),
          ADMIN_PORT: String(adminPort)
        },
        stdio: ["ignore", "ignore", "pipe"]
      })
    }),
    (child) =>
      Effect.promise(async () => {
        if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit")
      })
  )
  let complaints = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-4096)
  })
  while (!(yield* Effect.promise(() => answers(url)))) {
    if (child.exitCode !== null || child.pid === undefined || performance.now() - began > patience) {
      return yield* Effect.die(new Error(`${contestant.title} does not start:\n${complaints}`))
    }
    yield* Effect.sleep("2 millis")
  }
  return { contestant, child, pid: child.pid ?? 0, url, firstAnswer: performance.now() - began } satisfies Stand
})
