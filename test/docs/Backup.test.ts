import { execFile, spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { pageOf } from "../support/Markdown.ts"
import { freePort } from "../support/Port.ts"
import { serverUser } from "../support/PostgresBinaries.ts"
import { administer } from "../support/PostgresServer.ts"
import { type Environment, request, run, secret, serve, timeout, tokenFor, until } from "../support/Process.ts"
import * as Roles from "../support/Roles.ts"

/** Debian's server with its client programs: the test suite's own PostgreSQL has none. */
const binaries = (() => {
  const base = "/usr/lib/postgresql"
  const versions = existsSync(base) ? readdirSync(base).toSorted((a, b) => Number(b) - Number(a)) : []
  return versions
    .map((version) => join(base, version, "bin"))
    .find((bin) => ["initdb", "postgres", "pg_dump", "pg_restore", "psql"].every((file) => existsSync(join(bin, file))))
})()

const temporaryDirectory = Effect.acquireRelease(
  Effect.sync(() => {
    const directory = mkdtempSync(join(tmpdir(), "effect-tasks-backup-"))
    if (serverUser !== undefined) chownSync(directory, serverUser.uid, serverUser.gid)
    return directory
  }),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

/** Starts a server in an empty directory until the scope closes. Returns the URL of its superuser. */
const startServer = Effect.fnUntraced(function* (bin: string, directory: string) {
  const data = join(directory, "data")
  const options = { ...serverUser, cwd: directory }
  yield* Effect.promise(() =>
    promisify(execFile)(join(bin, "initdb"), ["-D", data, "--username=postgres", "--auth=trust", "--no-sync"], options)
  )
  const port = yield* freePort
  let log = ""
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const server = spawn(
        join(bin, "postgres"),
        ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", "", "-c", "fsync=off"],
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
  return `postgres://postgres@127.0.0.1:${port}/postgres`
})

/** The commands of the chapter, in its order. */
const [dump = "", restore = ""] = pageOf("docs/operations.md")
  .blocks.filter(({ language, text }) => language === "sh" && text.startsWith("pg_"))
  .map(({ text }) => text)

const shell = (script: string, cwd: string, environment: Environment) =>
  Effect.promise(() =>
    promisify(execFile)("sh", ["-e", "-c", script], { cwd, env: environment }).then(
      () => "",
      ({ stderr }: { readonly stderr: string }) => stderr
    )
  )

const passwords = { owner: "4d1a6f", service: "9b07e2" }

it.live.skipIf(binaries === undefined)(
  "restores the database under row-level security by the commands of docs/operations.md",
  () =>
    Effect.gen(function* () {
      const bin = binaries ?? ""
      const directory = yield* temporaryDirectory
      const server = yield* startServer(bin, directory)
      const urlOf = (username: string, password: string) =>
        Object.assign(new URL(server), { username, password, pathname: "/tasks" }).href
      const superuser = urlOf("postgres", "")
      const owner = urlOf("tasks_owner", passwords.owner)
      const service = urlOf("tasks_service", passwords.service)
      const createDatabase = Effect.fnUntraced(function* (statements: ReadonlyArray<string>) {
        yield* administer(server, (sql) => sql`create database tasks`)
        for (const statement of statements) yield* administer(superuser, (sql) => sql.unsafe(statement))
      })
      const common = { DATABASE_RLS: "on", BETTER_AUTH_SECRET: secret, MIGRATE_ON_START: "false" }
      const token = yield* tokenFor("ada")
      const succeed = Effect.fnUntraced(function* (command: string, url: string) {
        const { code, stderr, stdout } = yield* run([command], { ...common, DATABASE_URL: url })
        assert.strictEqual(code, 0, `${command}: ${stdout}${stderr}`)
        return stdout
      })

      const statements = Roles.statements(Roles.scriptNames, passwords)
      yield* createDatabase(statements)
      yield* succeed("migrate", owner)
      const before = yield* Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* serve({ ...common, DATABASE_URL: service })
          const created = yield* request(url, "/api/tasks", { token, body: { title: "Buy milk" } })
          return { ...created, cursor: (yield* request(url, "/api/changes", { token })).body.cursor }
        })
      )
      assert.strictEqual(before.status, 201)

      const environment = { PATH: `${bin}:${process.env.PATH}`, OWNER_URL: owner }
      assert.match(yield* shell(dump, directory, { ...environment, BACKUP_URL: owner }), /row-level security/)
      assert.strictEqual(yield* shell(dump, directory, { ...environment, BACKUP_URL: superuser }), "")
      yield* administer(server, (sql) => sql`drop database tasks with (force)`)
      // Roles belong to the server and still exist.
      yield* createDatabase(statements.filter((statement) => !/^(create|alter) role/.test(statement)))
      assert.strictEqual(yield* shell(restore, directory, environment), "")
      yield* succeed("migrate", owner)
      assert.match(yield* succeed("doctor", service), /^ok {5}role: has exactly the privileges that it needs$/m)

      const { url } = yield* serve({ ...common, DATABASE_URL: service })
      assert.deepStrictEqual((yield* request(url, "/api/tasks", { token })).body, [before.body])
      const { body } = yield* request(url, `/api/changes?cursor=${before.cursor}`, { token })
      assert.strictEqual(body.code, "SYNC_RESET_REQUIRED")
    }).pipe(Effect.scoped),
  timeout
)
