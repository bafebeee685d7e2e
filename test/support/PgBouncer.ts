import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { chmod, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Data, Effect } from "effect"
import { freePort } from "./Port.ts"
import { serverUser } from "./PostgresBinaries.ts"
import { until } from "./Process.ts"
import * as TestDatabase from "./TestDatabase.ts"

/** PgBouncer did not start: its log says why. */
export class PgBouncerFailed extends Data.TaggedError("PgBouncerFailed")<{ readonly message: string }> {}

/** Without pgbouncer, the tests that need it are skipped; in CI they must not be. */
export const isAvailable = spawnSync("pgbouncer", ["--version"]).status === 0 || process.env.CI !== undefined

// biome-ignore lint/suspicious/noConsole: the reader of the results must know what was not run
if (!isAvailable) console.warn("There is no pgbouncer on the PATH: the tests that need it are skipped.")

/** A PgBouncer in transaction mode with five connections in front of a database. Yields the URL of the same through it. */
export const start = Effect.fnUntraced(function* (databaseUrl: string) {
  const database = new URL(databaseUrl)
  const directory = yield* TestDatabase.directory
  const port = yield* freePort
  const config = join(directory, "pgbouncer.ini")
  yield* Effect.promise(async () => {
    await writeFile(
      config,
      [
        "[databases]",
        `* = host=${database.hostname} port=${database.port}`,
        "[pgbouncer]",
        `listen_addr = 127.0.0.1`,
        `listen_port = ${port}`,
        "unix_socket_dir =",
        "pool_mode = transaction",
        "default_pool_size = 5",
        "max_client_conn = 200",
        "auth_type = plain",
        `auth_file = ${join(directory, "users.txt")}`
      ].join("\n")
    )
    const [user, password] = [database.username, database.password].map(decodeURIComponent)
    await writeFile(join(directory, "users.txt"), `"${user}" "${password}"\n`)
    // PgBouncer refuses to run as root.
    await chmod(directory, 0o755)
  })
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn("pgbouncer", [config], { ...serverUser, cwd: "/", stdio: ["ignore", "ignore", "pipe"] })),
    (child) =>
      Effect.promise(async () => {
        if (child.exitCode !== null || child.signalCode !== null) return
        child.kill("SIGKILL")
        await once(child, "exit")
      })
  )
  let log = ""
  child.stderr.on("data", (text) => (log += text))
  child.on("error", (cause) => (log += cause))
  const isReady = () => log.includes("process up")
  yield* until(() => isReady() || child.exitCode !== null || child.pid === undefined)
  if (!isReady()) return yield* new PgBouncerFailed({ message: log })
  return Object.assign(new URL(databaseUrl), { hostname: "127.0.0.1", port: String(port) }).href
})
