import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { ProjectId } from "../../src/domain/Project.ts"
import { TagId } from "../../src/domain/Tag.ts"
import { UserId } from "../../src/domain/User.ts"
import { migrateTemplate } from "./migrateTemplate.ts"
import * as PostgresServer from "./PostgresServer.ts"
import * as TestServer from "./TestServer.ts"

/** How many tasks there are, and how many of them are big's. */
export interface Size {
  readonly tasks: number
  readonly big: number
}

export const million: Size = { tasks: 1_000_000, big: 100_000 }
/** Enough for the planner to choose the plans that a million rows need, but where one index leaves little to sort. */
export const enough: Size = { tasks: 50_000, big: 5_000 }
export const few: Size = { tasks: 10_000, big: 100 }

const userOf = (n: number) => UserId.make(`user${String(n).padStart(28, "0")}`)

/** One of a thousand users, with far more tasks than the others. */
export const big = userOf(0)

/** A user with an average number of tasks. */
export const small = userOf(500)

const projectOf = (n: number) => ProjectId.make(`00000000-0000-7000-8000-1${String(n).padStart(11, "0")}`)
const tagOf = (n: number) => TagId.make(`00000000-0000-7000-8000-2${String(n).padStart(11, "0")}`)

/** Big has ten tasks of the rare ones, the oldest, and more than ten thousand of the common ones. */
export const project = { common: projectOf(0), rare: projectOf(99) }
export const tag = { common: tagOf(0), rare: tagOf(99) }

/** The same for words. The foreign word is in half of the other users' tasks, and in none of big's. */
export const word = { common: "report", rare: "zeppelin", foreign: "invoice" }

// The tasks of a user are scattered over the table. The powers make a few of many values common, as in real data.
const someWord = "word[1 + floor(power(random(), 2) * 1999)::int]"
// Of any number the first is made at the same time, and the last: 230 days later.
const step = (tasks: number) => 20_000_000_000 / tasks
// What is due on some days has no time zone.
const isFloating = "extract(day from due_at)::int % 3 = 0"
const insertTasks = ({ big, tasks }: Size, part: number, parts: number) => `
  insert into task (
    user_id, id, title, description, status, completed_at, priority, due_at, project_id, position,
    created_at, updated_at, deleted_at, due, due_for
  )
  select
    task.*,
    case when ${isFloating} then jsonb_build_object(
      'date', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD'), 'time', to_char(due_at at time zone 'UTC', 'HH24:MI')
    ) end,
    case when ${isFloating} then due_at end
  from (select
    'user' || lpad(u::text, 28, '0'),
    (lpad(to_hex(1760000000000 + n * ${step(tasks)}::bigint), 12, '0')
      || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
    initcap(${someWord}) || ' ' || ${someWord} || ' ' || ${someWord}
      || case when u = 0 and random() < 0.15 then ' ${word.common}' else '' end
      || case when u = 0 and n <= 100 then ' ${word.rare}' else '' end
      || case when u <> 0 and random() < 0.5 then ' ${word.foreign}' else '' end,
    case when n % 3 = 0 then
      ${someWord} || ' ' || ${someWord} || ' ' || ${someWord} || ' ' || ${someWord} || ' ' || ${someWord} || ' ' || ${someWord}
    end,
    status,
    case when status = 'completed' then at end,
    case when random() < 0.6 then 'none' when random() < 0.5 then 'medium' when random() < 0.5 then 'low' else 'high' end,
    case when random() < 0.4 then date_trunc('day', at) + floor(random() * 60) * interval '1 day' end as due_at,
    ('00000000-0000-7000-8000-1' || lpad((case
      when u <> 0 then case when random() < 0.5 then u * 100 + n % 4 end
      when n <= 100 then 99
      when random() < 0.6 then floor(power(random(), 3) * 99)
    end)::int::text, 11, '0'))::uuid,
    'n' || lpad(to_hex((extract(epoch from at) * 1000000)::bigint), 14, '0'),
    at,
    at + case when random() < 0.5 then power(random(), 3) * interval '60 days' else interval '0' end,
    case when n > 100 and random() < 0.02 then at + interval '90 days' end
  from (
    select
      n,
      case when n % ${tasks / big} = 0 then 0 else 1 + floor(power(random(), 1.5) * 999)::int end as u,
      timestamptz 'epoch' + (1760000000000 + n * ${step(tasks)}::bigint) * interval '1 millisecond' as at,
      case when random() < 0.7 then 'completed' when random() < 0.8 then 'pending' else 'in_progress' end as status
    from generate_series(${part} + 1, ${tasks}, ${parts}) as n
    offset 0
  ) as row, (
    select array_agg(translate(substr(md5(w::text), 1, 3 + w % 6), '0123456789', 'ghijklmnop') order by w) as word from generate_series(1, 2000) as w
  ) as vocabulary
  ) as task
`

/** Fills a migrated, empty database. The caller must own the tables: triggers are disabled meanwhile. */
export const fill = Effect.fnUntraced(function* (size: Size) {
  const sql = yield* SqlClient.SqlClient
  const run = (statement: string) => sql.unsafe(statement)
  /** random() begins anew in each statement, so that every run has the same rows. */
  const runSeeded = (statement: string, seed: number) =>
    sql.withTransaction(Effect.andThen(run(`select setseed(${seed})`), run(statement)))
  const both = (statements: ReadonlyArray<Effect.Effect<unknown, unknown>>) =>
    Effect.all(statements, { concurrency: 2, discard: true })

  // To build an index is faster than to keep one, and there is nothing to check in what refers to itself.
  const indexes = yield* sql<{ name: string; definition: string }>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
    where indrelid in ('task'::regclass, 'task_tag'::regclass) and not indisunique
  `
  yield* Effect.forEach(indexes, ({ name }) => run(`drop index ${name}`))
  for (const table of ["task", "task_tag", "tag", "project"]) yield* run(`alter table ${table} disable trigger all`)
  for (const [table, digit] of [
    ["project", 1],
    ["tag", 2]
  ]) {
    yield* run(`
      insert into ${table} (user_id, id, name)
      select
        'user' || lpad(((n - n % 100) / 100)::text, 28, '0'),
        ('00000000-0000-7000-8000-${digit}' || lpad(n::text, 11, '0'))::uuid,
        '${table} ' || n
      from generate_series(0, 99999) as n where n < 100 or n % 100 < 4
    `)
  }
  yield* both([0, 1].map((part) => runSeeded(insertTasks(size, part, 2), part / 2)))
  yield* runSeeded(
    `
    insert into task_tag (user_id, task_id, tag_id)
    select distinct user_id, id, ('00000000-0000-7000-8000-2' || lpad(
      (case when user_id = '${big}' then floor(power(random(), 3) * 99) else right(user_id, 4)::int * 100 + n * 2 + (random() * 1)::int end)::int::text,
      11, '0'
    ))::uuid
    from (select user_id, id from task order by user_id, id offset 0) as task, generate_series(0, 1) as n
    where random() < case when user_id = '${big}' then 0.7 else 0.25 end
  `,
    0
  )
  yield* run(`
    insert into task_tag (user_id, task_id, tag_id)
    select user_id, id, '${tag.rare}' from task where user_id = '${big}' and project_id = '${project.rare}'
  `)
  for (const table of ["task", "task_tag", "tag", "project"]) yield* run(`alter table ${table} enable trigger all`)
  // What the triggers would have counted, so that PostgreSQL plans for as many users as there are.
  yield* run("insert into account (user_id) select user_id from task union select user_id from project")
  for (const kind of ["task", "tag", "project"]) {
    yield* run(`
      insert into account_usage (user_id, kind, amount)
      select user_id, '${kind}', count(*) from ${kind} group by user_id
    `)
  }
  yield* both(indexes.map(({ definition }) => run(definition)))
  yield* run("vacuum analyze")
})

const migrateAndFill = Effect.fnUntraced(function* (url: string, size: Size) {
  yield* Effect.promise(() => migrateTemplate(url))
  yield* fill(size).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 2 })))
})

/** A server with so many tasks of a thousand users in its first database, and a few in another. */
export const start = Effect.fnUntraced(function* (size: Size) {
  const server = yield* TestServer.start({
    settings: {
      shared_buffers: "512MB",
      maintenance_work_mem: "192MB",
      max_wal_size: "8GB",
      wal_level: "minimal",
      max_wal_senders: "0",
      autovacuum: "off"
    }
  })
  yield* migrateAndFill(server.url, size)
  const url = yield* PostgresServer.createDatabase(server.url)
  yield* migrateAndFill(url, few)
  return { url: server.url, few: url }
})
