import { assert, describe, it } from "@effect/vitest"
import { Effect, Predicate } from "effect"
import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import { readiness, request, run, secret, serve, serveUnready, timeout, tokenFor, until } from "../support/Process.ts"
import * as Roles from "../support/Roles.ts"
import { makeWithRls } from "../support/TestDatabase.ts"
import * as TestServer from "../support/TestServer.ts"

const insufficientPrivilege = "42501"

const id = (n: number) => `019c2f7e-0000-7000-8000-${String(n).padStart(12, "0")}`

/** Every operation of the contract, each where it can succeed. */
const walk: ReadonlyArray<readonly [operation: string, path: string, status: number, body?: unknown]> = [
  ["GET /health", "/health", 200],
  ["GET /health/ready", "/health/ready", 200],
  ["GET /health/live", "/health/live", 200],
  ["GET /api/me", "/api/me", 200],
  ["POST /api/projects", "/api/projects", 201, { id: id(1), name: "Home" }],
  ["GET /api/projects", "/api/projects?count=exact", 200],
  ["GET /api/projects/:project_id", `/api/projects/${id(1)}`, 200],
  ["PUT /api/projects/:project_id", `/api/projects/${id(1)}`, 200, { name: "House" }],
  ["PATCH /api/projects/:project_id", `/api/projects/${id(1)}`, 200, { archived: true }],
  ["POST /api/tags", "/api/tags", 201, { id: id(2), name: "red" }],
  ["GET /api/tags", "/api/tags", 200],
  ["GET /api/tags/:tag_id", `/api/tags/${id(2)}`, 200],
  ["PUT /api/tags/:tag_id", `/api/tags/${id(2)}`, 200, { name: "blue" }],
  ["PATCH /api/tags/:tag_id", `/api/tags/${id(2)}`, 200, { color: "#0000ff" }],
  ["POST /api/tasks", "/api/tasks", 201, { id: id(3), title: "t", project_id: id(1), tag_ids: [id(2)] }],
  ["POST /api/tasks", "/api/tasks", 201, { id: id(4), title: "u" }],
  ["GET /api/tasks", `/api/tasks?q=t&tag_id=${id(2)}&sort=title`, 200],
  ["GET /api/tasks/:task_id", `/api/tasks/${id(3)}`, 200],
  ["PUT /api/tasks/:task_id", `/api/tasks/${id(3)}`, 200, { status: "completed" }],
  ["PATCH /api/tasks/:task_id", `/api/tasks/${id(3)}`, 200, { tag_ids: [] }],
  ["POST /api/tasks/:task_id/move", `/api/tasks/${id(3)}/move`, 200, { after: id(4) }],
  [
    "POST /api/tasks/bulk",
    "/api/tasks/bulk",
    200,
    { operations: [{ op: "update", id: id(3), change: { title: "v" } }] }
  ],
  [
    "PATCH /api/tasks/:task_id",
    `/api/tasks/${id(4)}`,
    200,
    { status: "completed", recurrence: { rrule: "FREQ=DAILY", anchor: "completion" } }
  ],
  ["GET /api/tasks/:task_id/completions", `/api/tasks/${id(4)}/completions`, 200],
  [
    "POST /api/recurrence/preview",
    "/api/recurrence/preview",
    200,
    { rrule: "FREQ=DAILY", due: { date: "2026-12-01" } }
  ],
  ["POST /api/tasks/parse", "/api/tasks/parse", 200, { text: "Buy milk tomorrow #home" }],
  ["GET /api/export", "/api/export", 200],
  ["GET /api/changes", "/api/changes", 200],
  ["POST /api/events/tickets", "/api/events/tickets", 201],
  ["DELETE /api/tasks/:task_id", `/api/tasks/${id(3)}`, 204],
  ["GET /api/trash", "/api/trash", 200],
  ["POST /api/tasks/:task_id/restore", `/api/tasks/${id(3)}/restore`, 200],
  ["DELETE /api/tasks/:task_id", `/api/tasks/${id(3)}`, 204],
  ["DELETE /api/trash/:task_id", `/api/trash/${id(3)}`, 204],
  ["DELETE /api/tags/:tag_id", `/api/tags/${id(2)}`, 204],
  ["DELETE /api/projects/:project_id", `/api/projects/${id(1)}`, 204],
  ["DELETE /api/account", "/api/account?confirm=carol", 412]
]

const send = (url: string, token: string, method: string, path: string, body: unknown) =>
  Effect.promise(async () => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === "POST" && { "idempotency-key": crypto.randomUUID() }),
        ...(body !== undefined && { "content-type": "application/json" })
      },
      ...(body !== undefined && { body: JSON.stringify(body) })
    })
    return { status: response.status, text: await response.text() }
  })

/** Privileges that the service does not need. */
const forbidden = [
  "create table t (n integer)",
  "create temporary table t (n integer)",
  "create schema s",
  "create index on task (title)",
  "truncate task",
  "truncate task cascade",
  "alter table task add column n integer",
  "alter table task owner to tasks_service",
  "alter table task disable trigger all",
  "alter table task disable row level security",
  "alter table task no force row level security",
  "drop policy tenant_isolation on task",
  "create policy everything on task using (true)",
  "drop table task",
  "drop table task cascade",
  "insert into schema_migration (migration_id, name) values (999, 'forged')",
  "delete from schema_migration",
  "set role tasks_owner",
  "set session_replication_role = replica",
  "grant tasks_owner to tasks_service",
  "alter role tasks_service bypassrls",
  "create role r"
]

it.live(
  "the roles of deploy/roles.sql: tasks_owner migrates, tasks_service serves the whole API and has no other rights",
  () =>
    Effect.gen(function* () {
      const server = yield* TestServer.start()
      yield* PostgresServer.administer(server.url, (sql) => sql`create database tasks`)
      const superuser = Object.assign(new URL(server.url), { pathname: "/tasks" }).href
      const common = { DATABASE_RLS: "on", BETTER_AUTH_SECRET: secret }
      const { owner, service } = yield* Roles.createRoles(superuser, Roles.scriptNames, (owner) =>
        Effect.map(run(["migrate"], { ...common, DATABASE_URL: owner }), ({ code, stderr, stdout }) => {
          assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
          assert.include(stdout, "row-level security is on for task\n")
        })
      )

      // It serves, knowing the other role or not.
      const knowing = yield* serve({ ...common, DATABASE_URL: service, DATABASE_DIRECT_URL: owner })
      const alone = yield* serve({ ...common, DATABASE_URL: service, MIGRATE_ON_START: "false" })
      const operations = new Set<string>()
      HttpApi.reflect(Api, {
        onGroup: () => {},
        onEndpoint: ({ endpoint: { method, path } }) => {
          // An event stream does not end. It reads what GET /api/changes reads.
          if (path !== "/api/events") operations.add(`${method} ${path}`)
        }
      })
      assert.deepStrictEqual(new Set(walk.map(([operation]) => operation)), operations)
      for (const [user, { url }] of [
        ["ada", knowing],
        ["bob", alone]
      ] as const) {
        const token = yield* tokenFor(user)
        for (const [operation, path, status, body] of walk) {
          const answer = yield* send(url, token, operation.split(" ", 1)[0] ?? "", path, body)
          assert.strictEqual(answer.status, status, `${operation}: ${answer.text}`)
        }
      }
      const { code, stdout } = yield* run(["doctor"], { ...common, DATABASE_URL: service })
      assert.strictEqual(code, 0, stdout)
      assert.match(stdout, /^ok {5}role: has exactly the privileges that it needs$/m)
      assert.match(stdout, /^ok {5}row-level security: on$/m)

      // According to the catalog.
      const [role] = yield* PostgresServer.administer(
        superuser,
        (sql) => sql`
          select
            rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as is_mighty,
            (select count(*)::int from pg_shdepend where refobjid = pg_roles.oid and deptype = 'o') as owned,
            (select count(*)::int from pg_auth_members where member = pg_roles.oid) as memberships,
            has_database_privilege(rolname, 'tasks', 'create, temporary') as creates_in_database,
            has_schema_privilege(rolname, 'public', 'create') as creates_in_schema
          from pg_roles where rolname = 'tasks_service'
        `
      )
      assert.deepStrictEqual(role, {
        is_mighty: false,
        owned: 0,
        memberships: 0,
        creates_in_database: false,
        creates_in_schema: false
      })
      yield* PostgresServer.administer(owner, (sql) => sql`create table of_a_later_migration (user_id text)`)
      const rights = yield* PostgresServer.administer(
        superuser,
        (sql) => sql<{ table: string; rights: string }>`
          select relname as table, (
            select string_agg(privilege, ' ' order by privilege)
            from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain'])
              as privilege
            where has_table_privilege('tasks_service', pg_class.oid, privilege)
          ) as rights
          from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S', 'v')
        `
      )
      for (const { rights: has, table } of rights) {
        assert.strictEqual(has, table === "schema_migration" ? "select" : "delete insert select update", table)
      }
      assert.lengthOf(rights, 12)

      // According to an attempt.
      for (const statement of forbidden) {
        const outcome = yield* Effect.result(PostgresServer.administer(service, (sql) => sql.unsafe(statement)))
        assert(outcome._tag === "Failure" && Predicate.hasProperty(outcome.failure, "reason"), statement)
        const { reason } = outcome.failure
        assert(Predicate.hasProperty(reason, "cause") && Predicate.hasProperty(reason.cause, "code"), statement)
        assert.strictEqual(reason.cause.code, insufficientPrivilege, statement)
      }
      const limits = yield* PostgresServer.administer(
        service,
        (sql) => sql`
          select name, setting from pg_settings
          where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') and setting = '3000'
        `
      )
      assert.lengthOf(limits, 3)
    }).pipe(Effect.scoped),
  2 * timeout
)

describe.skipIf(process.env.TEST_DATABASE_URL)(
  "DATABASE_RLS that does not match the tables",
  // The tests mostly wait for processes and for the service to look again.
  { concurrent: true },
  () => {
    it.live.each([
      ["off", "service", /^it is in force on .*task.*, but DATABASE_RLS is off$/],
      ["on", "superuser", /^it does not hold for the role of DATABASE_URL/]
    ] as const)(
      "makes the service respond with 503 and commands fail: %s, for the role %s",
      ([DATABASE_RLS, role, reason]) =>
        Effect.gen(function* () {
          const environment = { DATABASE_URL: (yield* makeWithRls)[role], DATABASE_RLS }
          const { url } = yield* serveUnready({ ...environment, MIGRATE_ON_START: "false", BETTER_AUTH_SECRET: secret })
          const ready = yield* readiness(url)
          assert.strictEqual(ready.status, 503)
          assert.strictEqual(ready.body.checks.row_security.status, "failing")
          assert.match(ready.body.checks.row_security.reason, reason)
          const list = yield* request(url, "/api/tasks", { token: yield* tokenFor("ada") })
          assert.deepInclude(list.body, { status: 503, code: "NOT_READY" })
          const refused = yield* run(["export", "--sub", "ada"], environment)
          assert.deepInclude(refused, { code: 1, stdout: "" })
          assert.match(refused.stderr, /^tasks: Row-level security: it .*\n$/)
          const doctor = yield* run(["doctor"], environment)
          assert.match(doctor.stdout, /^error {2}row-level security: /m)
          assert.strictEqual(doctor.code, 1)
        }).pipe(Effect.scoped),
      2 * timeout
    )

    it.live(
      "is put right by the migration step, and a running service responds with 503 until it matches again",
      () =>
        Effect.gen(function* () {
          const { owner, service } = yield* makeWithRls
          // The start is a migration step, too.
          const environment = { DATABASE_URL: service, DATABASE_DIRECT_URL: owner, BETTER_AUTH_SECRET: secret }
          const { url } = yield* serve({ ...environment, DATABASE_RLS: "off" })
          assert.strictEqual((yield* readiness(url)).status, 200)
          assert.match(
            (yield* run(["migrate"], { ...environment, DATABASE_RLS: "on" })).stdout,
            /^row-level security is on for/
          )
          // Without a probe: its users would see empty accounts.
          const token = yield* tokenFor("ada")
          yield* until(async () => (await Effect.runPromise(request(url, "/api/tasks", { token }))).status === 503)
          assert.strictEqual((yield* run(["migrate"], { ...environment, DATABASE_RLS: "off" })).code, 0)
          yield* until(async () => (await Effect.runPromise(request(url, "/api/tasks", { token }))).status === 200)
        }).pipe(Effect.scoped),
      2 * timeout
    )
  }
)
