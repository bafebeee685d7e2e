import { execFile, spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { Effect } from "effect"
import { freePort } from "./Port.ts"
import { serverUser } from "./PostgresBinaries.ts"
import { type Environment, until } from "./Process.ts"
import { temporary } from "./Temporary.ts"

/** Debian's server with its client programs: the test suite's own PostgreSQL has none. */
export const binaries = (() => {
  const base = "/usr/lib/postgresql"
  const versions = existsSync(base) ? readdirSync(base).toSorted((a, b) => Number(b) - Number(a)) : []
  return versions
    .map((version) => join(base, version, "bin"))
    .find((bin) => ["initdb", "postgres", "pg_dump", "pg_restore", "psql"].every((file) => existsSync(join(bin, file))))
})()

const temporaryDirectory = Effect.acquireRelease(
  Effect.sync(() => {
    const directory = mkdtempSync(join(temporary, "effect-tasks-backup-"))
    if (serverUser !== undefined) chownSync(directory, serverUser.uid, serverUser.gid)
    return directory
  }),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

interface Options {
  /** Called with the directory of the data before the server starts. Returns settings, as `name=value`. */
  readonly prepare?: (data: string) => Promise<ReadonlyArray<string>>
}

/** Starts a server on 127.0.0.1 until the scope closes. `url` is that of its superuser, who needs no password. */
export const start = Effect.fnUntraced(function* ({ prepare = async () => [] }: Options = {}) {
  const bin = binaries ?? ""
  const directory = yield* temporaryDirectory
  const data = join(directory, "data")
  const options = { ...serverUser, cwd: directory }
  yield* Effect.promise(() =>
    promisify(execFile)(
      join(bin, "initdb"),
      ["-D", data, "--no-locale", "--username=postgres", "--auth=trust", "--no-sync"],
      options
    )
  )
  const settings = yield* Effect.promise(() => prepare(data))
  const port = yield* freePort
  let log = ""
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const server = spawn(
        join(bin, "postgres"),
        ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""].concat(
          ["fsync=off", ...settings].flatMap((setting) => ["-c", setting])
        ),
        { ...options, stdio: ["ignore", "ignore", "pipe"] }
      )
      server.stderr.setEncoding("utf8").on("data", (text: string) => (log += text))
      return server
    }),
    (server) =>
      Effect.promise(
        () =>
          new Promise((resolve) => {
            server.once("exit", resolve)
            server.kill("SIGINT")
          })
      )
  )
  yield* until(() => log.includes("database system is ready to accept connections"))
  return { bin, directory, port, url: `postgres://postgres@127.0.0.1:${port}/postgres` }
})

/** Returns what a script writes to stderr, if it fails. */
export const shell = (script: string, cwd: string, environment: Environment) =>
  Effect.promise(() =>
    promisify(execFile)("sh", ["-e", "-c", script], { cwd, env: environment }).then(
      () => "",
      ({ stderr }: { readonly stderr: string }) => stderr
    )
  )
