import { randomBytes } from "node:crypto"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { migrations } from "../../migrations/index.ts"
import { administer } from "../support/PostgresServer.ts"
import { readiness, request, run, secret, serveUnready, start, timeout, tokenFor, until } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const names = Object.keys(migrations)
const lines = (mark: string) => names.map((name) => `${mark} ${name}\n`).join("")

/** The same database for a role that may look at everything and change nothing. */
const asReader = Effect.fnUntraced(function* (url: string) {
  const role = `reader_${randomBytes(8).toString("hex")}`
  const password = randomBytes(16).toString("hex")
  yield* Effect.acquireRelease(
    administer(url, (sql) =>
      Effect.andThen(
        sql`create role ${sql(role)} login password ${sql.literal(`'${password}'`)}`,
        sql`grant pg_read_all_data to ${sql(role)}`
      )
    ),
    () => Effect.ignore(administer(inject("postgres").url, (sql) => sql`drop role ${sql(role)}`))
  )
  return Object.assign(new URL(url), { username: role, password }).href
})

// They mostly wait for processes and locks.
describe("tasks migrate", { concurrent: true }, () => {
  it.live(
    "rejects a database with another encoding than UTF-8, and says how to create one",
    () =>
      Effect.gen(function* () {
        const server = inject("postgres").url
        const name = `ascii_${randomBytes(8).toString("hex")}`
        yield* Effect.acquireRelease(
          administer(
            server,
            (sql) => sql`
              create database ${sql(name)} encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0
            `
          ),
          () => Effect.ignore(administer(server, (sql) => sql`drop database ${sql(name)} with (force)`))
        )
        const environment = { DATABASE_URL: Object.assign(new URL(server), { pathname: `/${name}` }).href }
        const { code, stderr } = yield* run(["migrate"], environment)
        assert.strictEqual(code, 1)
        assert.include(stderr, "the database has the encoding SQL_ASCII")
        assert.include(stderr, "createdb --encoding=UTF8 --template=template0")
      }),
    timeout
  )

  it.live(
    "applies pending migrations and lists them",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.makeEmpty }
        const before = yield* run(["migrate", "status"], environment)
        assert.deepInclude(before, { code: 1, stdout: lines("pending") })
        assert.strictEqual(before.stderr, `tasks: ${names.length} pending migrations\n`)

        assert.deepInclude(yield* run(["migrate"], environment), { code: 0, stdout: lines("applied"), stderr: "" })
        assert.deepInclude(yield* run(["migrate"], environment), {
          code: 0,
          stdout: "no pending migrations\n",
          stderr: ""
        })
        assert.deepInclude(yield* run(["migrate", "status"], environment), {
          code: 0,
          stdout: lines("applied"),
          stderr: ""
        })
      }),
    timeout
  )

  it.live(
    "runs in one of several concurrent processes while the others wait",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.makeEmpty }
        const results = yield* Effect.all(
          Array.from({ length: 3 }, () => run(["migrate"], environment)),
          { concurrency: "unbounded" }
        )
        assert.sameMembers(
          results.map(({ code, stderr, stdout }) => `${code} ${stdout}${stderr}`),
          [`0 ${lines("applied")}`, "0 no pending migrations\n", "0 no pending migrations\n"]
        )
      }),
    timeout
  )

  it.live(
    "changes nothing when a migration in the middle fails, and applies all of them once the reason is gone",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.makeEmpty
        const tables = administer(
          DATABASE_URL,
          (sql) => sql<{ name: string }>`
            select relname as name from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_migration'
          `
        )
        // 0009 creates this table.
        yield* administer(DATABASE_URL, (sql) => sql`create table task_completion (n integer)`)
        const failed = yield* run(["migrate"], { DATABASE_URL })
        assert.deepInclude(failed, { code: 1, stdout: "" })
        assert.match(failed.stderr, /^tasks: Migration .*relation "task_completion" already exists.*\n$/)
        assert.deepStrictEqual(yield* tables, [{ name: "task_completion" }])
        assert.deepInclude(yield* run(["migrate", "status"], { DATABASE_URL }), { code: 1, stdout: lines("pending") })

        yield* administer(DATABASE_URL, (sql) => sql`drop table task_completion`)
        assert.deepInclude(yield* run(["migrate"], { DATABASE_URL }), { code: 0, stdout: lines("applied") })
      }),
    timeout
  )

  it.live(
    "leaves the migrations of a newer version alone, lists them, and the service serves",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        yield* administer(
          DATABASE_URL,
          (sql) => sql`insert into schema_migration (migration_id, name) values (9000, 'add_future')`
        )
        assert.deepInclude(yield* run(["migrate"], { DATABASE_URL }), { code: 0, stdout: "no pending migrations\n" })
        assert.deepInclude(yield* run(["migrate", "status"], { DATABASE_URL }), {
          code: 0,
          stdout: `${lines("applied")}applied 9000_add_future by a newer version\n`
        })
        const service = yield* serveUnready({ DATABASE_URL, BETTER_AUTH_SECRET: secret })
        yield* until(() => service.output().includes("ready at"))
        const token = yield* tokenFor("ada")
        assert.strictEqual((yield* request(service.url, "/api/tasks", { token, body: { title: "a" } })).status, 201)
        const doctor = yield* run(["doctor"], { DATABASE_URL, BETTER_AUTH_SECRET: secret })
        assert.match(doctor.stdout, /^warn {3}migrations: 9000_add_future is of a newer version/m)
      }),
    timeout
  )

  // The role of TEST_DATABASE_URL may not be allowed to create roles.
  it.live.skipIf(process.env.TEST_DATABASE_URL)(
    "uses the role of DATABASE_DIRECT_URL, which may change tables",
    () =>
      Effect.gen(function* () {
        const owner = yield* TestDatabase.makeEmpty
        const DATABASE_URL = yield* asReader(owner)

        const alone = yield* run(["migrate"], { DATABASE_URL })
        assert.deepInclude(alone, { code: 1, stdout: "" })
        assert.match(alone.stderr, /^tasks: .*permission denied.*\n$/)
        assert.strictEqual((yield* run(["migrate", "status"], { DATABASE_URL })).code, 1)

        const environment = { DATABASE_URL, DATABASE_DIRECT_URL: owner }
        assert.deepInclude(yield* run(["migrate"], environment), { code: 0, stdout: lines("applied") })

        // The service migrates the same way, and reports that its own role may only read.
        const service = yield* serveUnready({ ...environment, BETTER_AUTH_SECRET: secret })
        const { body, status } = yield* readiness(service.url)
        assert.strictEqual(status, 503)
        assert.deepStrictEqual(body.checks.migrations, { status: "ok" })
        assert.match(
          body.checks.privileges.reason,
          /^the role lacks DELETE, INSERT, UPDATE on account; DELETE, INSERT, UPDATE on account_usage; DELETE, INSERT, UPDATE on deletion; DELETE, INSERT, UPDATE on event_ticket; DELETE, INSERT, UPDATE on idempotency_key; /
        )
      }),
    timeout
  )

  it.live(
    "lets a service that received 503 before become ready",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.makeEmpty
        const service = yield* serveUnready({ DATABASE_URL, BETTER_AUTH_SECRET: secret, MIGRATE_ON_START: "false" })
        const before = yield* readiness(service.url)
        assert.strictEqual(before.status, 503)
        assert.strictEqual(before.headers.get("content-type"), "application/problem+json")
        assert.match(String(before.headers.get("retry-after")), /^\d+$/)
        assert.strictEqual(before.body.code, "NOT_READY")
        assert.deepInclude(before.body.checks, {
          database: { status: "ok" },
          migrations: { status: "failing", reason: `pending: ${names.join(", ")}` }
        })
        assert.strictEqual((yield* request(service.url, "/health/live")).status, 200)

        const refused = yield* request(service.url, "/api/tasks", { token: yield* tokenFor("ada") })
        assert.deepInclude(refused.body, { status: 503, code: "NOT_READY" })

        assert.strictEqual((yield* run(["migrate"], { DATABASE_URL })).code, 0)
        yield* until(() => service.output().includes("ready at"))
        assert.strictEqual((yield* readiness(service.url)).status, 200)
        assert.strictEqual((yield* request(service.url, "/api/tasks", { token: yield* tokenFor("ada") })).status, 200)
      }),
    timeout
  )

  it.live(
    "does not delay reads while another session holds a lock, names that session and continues afterwards",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const locked = yield* Deferred.make<number>()
          const release = yield* Deferred.make<void>()
          // As a dump does.
          yield* Effect.gen(function* () {
            const [session] = yield* sql<{
              pid: number
            }>`select pg_backend_pid() as pid from (select from task) t right join (select 1) x on true`
            yield* Deferred.succeed(locked, session?.pid ?? 0)
            yield* Deferred.await(release)
          }).pipe(sql.withTransaction, Effect.forkScoped)
          const pid = yield* Deferred.await(locked)

          const migrate = yield* start(["migrate"], { DATABASE_URL, DATABASE_RLS: "on" })
          yield* Effect.raceFirst(
            until(() => migrate.output().includes("migrations wait for locks of")),
            migrate.exit
          )
          assert.include(migrate.output(), `migrations wait for locks of process ${pid} (`)
          yield* sql`set lock_timeout = '1s'`
          yield* sql`select from task`
          yield* Deferred.succeed(release, undefined)
          const { code, stdout } = yield* migrate.exit
          assert.strictEqual(code, 0)
          assert.include(stdout, "row-level security is on for task\n")
          // The scope ends the transaction, for which the end of the pool would wait.
        }).pipe(Effect.scoped, Effect.provide(PgClient.layer({ url: Redacted.make(DATABASE_URL), maxConnections: 2 })))
      }),
    timeout
  )
})
