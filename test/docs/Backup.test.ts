import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { pageOf } from "../support/Markdown.ts"
import { administer } from "../support/PostgresServer.ts"
import { request, run, secret, serve, timeout, tokenFor } from "../support/Process.ts"
import * as Roles from "../support/Roles.ts"
import * as SystemPostgres from "../support/SystemPostgres.ts"

/** The commands of the chapter, in its order. */
const [dump = "", restore = ""] = pageOf("docs/operations.md")
  .blocks.filter(({ language, text }) => language === "sh" && text.startsWith("pg_"))
  .map(({ text }) => text)

const passwords = { owner: "4d1a6f", service: "9b07e2" }

it.live.skipIf(SystemPostgres.binaries === undefined)(
  "restores the database under row-level security by the commands of docs/operations.md",
  () =>
    Effect.gen(function* () {
      const { bin, directory, url: server } = yield* SystemPostgres.start()
      const urlOf = (username: string, password: string) =>
        Object.assign(new URL(server), { username, password, pathname: "/tasks" }).href
      const superuser = urlOf("postgres", "")
      const owner = urlOf("tasks_owner", passwords.owner)
      const service = urlOf("tasks_service", passwords.service)
      const createDatabase = Effect.fnUntraced(function* (statements: ReadonlyArray<string>) {
        yield* administer(server, (sql) => sql`create database tasks encoding 'UTF8' template template0`)
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
      assert.match(
        yield* SystemPostgres.shell(dump, directory, { ...environment, BACKUP_URL: owner }),
        /row-level security/
      )
      assert.strictEqual(yield* SystemPostgres.shell(dump, directory, { ...environment, BACKUP_URL: superuser }), "")
      yield* administer(server, (sql) => sql`drop database tasks with (force)`)
      // Roles belong to the server and still exist.
      yield* createDatabase(statements.filter((statement) => !/^(create|alter) role/.test(statement)))
      assert.strictEqual(yield* SystemPostgres.shell(restore, directory, environment), "")
      yield* succeed("migrate", owner)
      assert.match(yield* succeed("doctor", service), /^ok {5}role: has exactly the privileges that it needs$/m)

      const { url } = yield* serve({ ...common, DATABASE_URL: service })
      assert.deepStrictEqual((yield* request(url, "/api/tasks", { token })).body, [before.body])
      const { body } = yield* request(url, `/api/changes?cursor=${before.cursor}`, { token })
      assert.strictEqual(body.code, "SYNC_RESET_REQUIRED")
    }).pipe(Effect.scoped),
  timeout
)
