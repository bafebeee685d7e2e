import { assert, describe, layer } from "@effect/vitest"
import { Data, Duration, Effect, Layer, Predicate } from "effect"
import { SqlClient, Statement } from "effect/sql"
import { Database, make as makeDatabase } from "../../src/database/Database.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { repositories } from "../support/HttpTestClient.ts"
import * as StatementRecorder from "../support/StatementRecorder.ts"
import { ada, bob } from "../support/TestAuth.ts"
import { AdminSql, layerWithRls } from "../support/TestDatabase.ts"

const timeout = 120_000

const insufficientPrivilege = "42501"
const foreignKeyViolation = "23503"

const tables = [
  "task_completion",
  "task_tag",
  "task",
  "tag",
  "project",
  "idempotency_key",
  "deletion",
  "account",
  "event_ticket",
  "account_usage"
]

/** Kept long enough to be purged. */
const old = "00000000-0000-7000-8000-000000000099"

/** Rows of Bob's that each statement of the repertoire would meet if it did not matter whose they are. */
const bobsRows = (() => {
  const { key, project, tags, tasks, trashed } = StatementRecorder
  const task = (id: string, project: string, position: string, deleted_at: string, due_at = "now()") => `
    insert into task (user_id, id, title, due_at, project_id, position, deleted_at)
    values ('${bob}', '${id}', 'one two', ${due_at}, ${project}, '${position}', ${deleted_at})
  `
  return [
    `insert into project (user_id, id, name) values ('${bob}', '${project}', 'p')`,
    `insert into tag (user_id, id, name) values ('${bob}', '${tags[0]}', 'red'), ('${bob}', '${tags[1]}', 'blue')`,
    task(tasks[0], `'${project}'`, "a5", "null"),
    task(tasks[1], "null", "z5", "null"),
    task("00000000-0000-7000-8000-000000000098", "null", "a4", "null", "null"),
    task(trashed, "null", "a6", "now()"),
    task(old, "null", "a7", "now() - interval '30 days 1 minute'"),
    `insert into task_tag select '${bob}', id, '${tags[0]}' from task`,
    `insert into task_tag select '${bob}', id, '${tags[1]}' from task`,
    `update task set parent_id = '${tasks[1]}' where user_id = '${bob}' and id = '00000000-0000-7000-8000-000000000098'`,
    `update task set version = 2 where user_id = '${bob}' and id = '${tasks[1]}'`,
    `insert into task_completion select '${bob}', id, 2 from task`,
    `insert into deletion (user_id, entity, id, version, seq, deleted_at)
      values ('${bob}', 'tag', '${old}', 1, 9, now() - interval '90 days 1 minute')`,
    `insert into event_ticket values ('${bob}', '${old}', now(), now() - interval '31 seconds')`,
    // Valid for longer than the test takes.
    `insert into event_ticket values ('${bob}', '${project}', now(), now() + interval '1 hour')`,
    `insert into idempotency_key values ('${bob}', '${key}', 'f', 201, '{}', '{}')`,
    `insert into idempotency_key values ('${bob}', 'old', 'f', 201, '{}', '{}', now() - interval '24 hours 1 second')`
  ]
})()

const bobsState = `select concat_ws(' ', ${tables
  .map((table) => `(select string_agg(t::text, ' ' order by t::text) from ${table} as t where user_id = '${bob}')`)
  .join(", ")}) as state`

/**
 * Wherever it asks whose a row is, anybody's will do, and where it searches one's words, it searches Bob's. What counts
 * against a quota is left out: it decides whether a row is written, and shows nothing of a row.
 */
const withoutOwner = ({ params, text }: StatementRecorder.Recorded): StatementRecorder.Recorded => ({
  params,
  text: text
    .replaceAll(/(?<!account_usage where )[\w".]*\buser_id = (\$\d+)/g, "$1::text is not null")
    .replaceAll(/[\w".]*\buser_id = [\w"]+\.user_id/g, "true")
    .replaceAll(/search_query\((\$\d+),/g, `search_query('${bob}' || left($1::text, 0),`)
})

const asBob = ({ params, text }: StatementRecorder.Recorded): StatementRecorder.Recorded => ({
  text,
  params: params.map((param) => (param === ada ? bob : Array.isArray(param) && param.includes(ada) ? [bob] : param))
})

const nameAda = `select set_config('tasks.user_id', '${ada}', true)`

interface Outcome {
  readonly answer: string
  readonly isChanged: boolean
}

class Undone extends Data.TaggedError("Undone")<{ readonly outcome: Outcome }> {}

/** What a role is answered in a transaction that begins so, and whether it changed what is Bob's. Nothing of it stays. */
const attempt = Effect.fnUntraced(function* (
  role: string,
  begin: string,
  { params, text }: StatementRecorder.Recorded,
  isBobThere = true
) {
  const sql = yield* AdminSql
  const run = (text: string) => sql.unsafe<{ state: string }>(text)
  const work = Effect.gen(function* () {
    if (!isBobThere) yield* Effect.forEach(tables, (table) => run(`delete from ${table}`))
    const [before] = yield* run(bobsState)
    yield* run(`set local role ${role}`)
    yield* run(begin)
    const answer = yield* Effect.result(sql.unsafe(text, params))
    if (answer._tag === "Failure") {
      // Who fails has changed nothing, and can ask nothing more.
      const { cause } = answer.failure.reason
      return { answer: Predicate.hasProperty(cause, "code") ? String(cause.code) : "", isChanged: false }
    }
    yield* run("reset role")
    const [after] = yield* run(bobsState)
    // A row that is new has its own times and place.
    const rows = JSON.stringify(answer.success).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|"n0\w+"/g, "new")
    return { answer: rows, isChanged: before?.state !== after?.state }
  })
  return yield* Effect.flatMap(work, (outcome) => new Undone({ outcome })).pipe(
    sql.withTransaction,
    Effect.catchTag("Undone", ({ outcome }) => Effect.succeed(outcome))
  )
})

/** Whether it makes a difference to a transaction of Ada's, or to Bob, that his rows are there. */
const leaks = Effect.fnUntraced(function* (role: string, statement: StatementRecorder.Recorded) {
  const there = yield* attempt(role, nameAda, statement)
  const away = yield* attempt(role, nameAda, statement, false)
  return there.isChanged || there.answer !== away.answer
})

// All statements pass through the SQL client here, which is where they can be recorded.
const recordable = Layer.provideMerge(
  Layer.effect(
    Database,
    Effect.map(SqlClient.SqlClient, (sql) => makeDatabase(sql, { isRlsEnabled: true, timeout: Duration.seconds(3) }))
  ),
  layerWithRls
)

const run = Effect.fnUntraced(function* (statements: ReadonlyArray<string>) {
  const sql = yield* AdminSql
  yield* Effect.forEach(statements, (text) => sql.unsafe(text), { discard: true })
})

const empty = run([`truncate ${tables.join(", ")}`])

/** The roles of the README: who serves, and who owns the tables. */
const roles = Effect.gen(function* () {
  const sql = yield* AdminSql
  const [found] = yield* sql<{ owner: string; service: string }>`
    select tableowner as owner, replace(tableowner, 'owner', 'service') as service from pg_tables where tablename = 'task'
  `
  assert(found !== undefined)
  return found
})

/** Every statement there is, each with the faults that it can have. */
const copies = Effect.gen(function* () {
  const recorded = (yield* StatementRecorder.record(ada)).filter(({ text }) =>
    new RegExp(`\\b(${tables.join("|")})\\b`).test(text)
  )
  yield* empty
  const isOwned = (statement: StatementRecorder.Recorded) => statement.params.flat().includes(ada)
  const isConditional = (statement: StatementRecorder.Recorded) => withoutOwner(statement).text !== statement.text
  return {
    purges: recorded.filter((statement) => !isOwned(statement)),
    conditional: recorded.filter(isConditional).map(withoutOwner),
    owned: recorded.filter(isOwned).map(asBob)
  }
})

// The role of TEST_DATABASE_URL may not be allowed to create roles.
describe.skipIf(process.env.TEST_DATABASE_URL)("Row-level security", () => {
  layer(Layer.provideMerge(repositories, recordable), { excludeTestServices: true, timeout })((it) => {
    it.effect(
      "limits every statement to the caller's rows, without its conditions and with another user's id",
      () =>
        Effect.gen(function* () {
          const { conditional, owned, purges } = yield* copies
          assert.isAtLeast(conditional.length, 40)
          assert.isAtLeast(owned.length, 50)
          assert.lengthOf(purges, 4)
          const all = [...conditional, ...owned, ...purges]
          yield* run(bobsRows)
          const { owner, service } = yield* roles
          for (const role of [service, owner]) {
            const leaking = yield* Effect.filter(all, (statement) => leaks(role, statement))
            assert.deepStrictEqual(leaking, [])
          }
          // Only row-level security holds them back.
          yield* run(tables.map((table) => `alter table ${table} disable row level security`))
          const held = yield* Effect.filter(all, (statement) => Effect.map(leaks(service, statement), (leak) => !leak))
          yield* run(tables.map((table) => `alter table ${table} enable row level security`))
          assert.deepStrictEqual(held, [])
        }).pipe(Effect.ensuring(Effect.orDie(empty))),
      timeout
    )

    it.effect(
      "hides all rows and rejects all writes without a current user",
      () =>
        Effect.gen(function* () {
          yield* run(bobsRows)
          const { owner, service } = yield* roles
          for (const role of [service, owner]) {
            for (const begin of ["select 1", "select set_config('tasks.user_id', '', true)"]) {
              const ask = (text: string) => attempt(role, begin, { text, params: [] })
              for (const table of tables) {
                assert.strictEqual((yield* ask(`select * from ${table}`)).answer, "[]")
                assert.strictEqual((yield* ask(`delete from ${table} returning user_id`)).answer, "[]")
                assert.strictEqual((yield* ask(`update ${table} set user_id = user_id returning 1`)).answer, "[]")
              }
              const refused = yield* ask(
                `insert into project (user_id, id, name) values ('eve', gen_random_uuid(), 'p')`
              )
              assert.strictEqual(refused.answer, insufficientPrivilege)
            }
          }
        }).pipe(Effect.ensuring(Effect.orDie(empty))),
      timeout
    )

    it.effect(
      "limits purges to expired rows and rejects their writes",
      () =>
        Effect.gen(function* () {
          yield* run(bobsRows)
          const { owner, service } = yield* roles
          for (const role of [service, owner]) {
            const ask = (text: string) =>
              Effect.map(
                attempt(role, "select set_config('tasks.purging', 'on', true)", { text, params: [] }),
                ({ answer }) => answer
              )
            for (const method of ["select id from task", "delete from task returning id"]) {
              assert.strictEqual(yield* ask(method), `[{"id":"${old}"}]`)
            }
            for (const method of ["select key from idempotency_key", "delete from idempotency_key returning key"]) {
              assert.strictEqual(yield* ask(method), '[{"key":"old"}]')
            }
            for (const table of ["project", "tag", "task_tag"]) {
              assert.strictEqual(yield* ask(`select * from ${table}`), "[]")
              assert.strictEqual(yield* ask(`delete from ${table} returning 1`), "[]")
            }
            assert.strictEqual(yield* ask("update task set title = 'x'"), insufficientPrivilege)
            assert.strictEqual(
              yield* ask(
                `insert into task (user_id, id, title, deleted_at) values ('eve', gen_random_uuid(), 't', '2000-01-01')`
              ),
              insufficientPrivilege
            )
          }
        }).pipe(Effect.ensuring(Effect.orDie(empty))),
      timeout
    )

    it.effect(
      "does not affect foreign keys and cascades",
      () =>
        Effect.gen(function* () {
          const sql = yield* AdminSql
          yield* run(bobsRows)
          const trash = yield* TrashRepo
          assert.strictEqual(yield* trash.purge, 1)
          // The tags of that task were nothing that who purges can see.
          assert.deepStrictEqual(yield* sql`select * from task_tag where task_id = ${old}`, [])
          assert.lengthOf(yield* sql`select * from task_tag where user_id = ${bob}`, 8)
          const { owner, service } = yield* roles
          for (const role of [service, owner]) {
            const insert = `insert into task (user_id, id, title, project_id) values ($1, gen_random_uuid(), 't', $2)`
            const foreign = yield* attempt(role, nameAda, { text: insert, params: [ada, StatementRecorder.project] })
            assert.strictEqual(foreign.answer, foreignKeyViolation)
            const bobs = nameAda.replace(ada, bob)
            const own = yield* attempt(role, bobs, { text: insert, params: [bob, StatementRecorder.project] })
            assert.deepStrictEqual(own, { answer: "[]", isChanged: true })
            const inUse = yield* attempt(role, bobs, { text: "delete from project", params: [] })
            assert.strictEqual(inUse.answer, foreignKeyViolation)
          }
        }).pipe(Effect.ensuring(Effect.orDie(empty))),
      timeout
    )

    it.effect(
      "sets the user once per transaction, and the setting ends with it",
      () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const tasks = yield* TaskRepo
          const answers = yield* IdempotencyRepo
          let named = 0
          const counting: Statement.Transformer = (statement) =>
            Effect.sync(() => {
              if (statement.compile()[0].includes("set_config")) named++
              return statement
            })
          const create = { op: "create", task: { title: "t" } } as const
          const given = Effect.as(tasks.bulk(ada, [create, create, create]), { status: 200, headers: {}, body: "" })
          yield* answers
            .runOnce(ada, "k", "f", given)
            .pipe(Effect.provideService(Statement.CurrentTransformer, counting))
          assert.strictEqual(named, 1)
          assert.lengthOf((yield* tasks.list(ada, {})).items, 3)
          const seen = sql<{ name: string | null; tasks: number }>`
          select nullif(current_setting('tasks.user_id', true), '') as name, count(*)::int as tasks from task
        `
          const everyConnection = yield* Effect.all([seen, seen, seen, seen], { concurrency: "unbounded" })
          assert.deepStrictEqual(
            everyConnection.flat(),
            everyConnection.map(() => ({ name: null, tasks: 0 }))
          )
        }).pipe(Effect.ensuring(Effect.orDie(empty))),
      timeout
    )
  })
})
