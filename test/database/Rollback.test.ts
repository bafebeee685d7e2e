import { assert, describe, it } from "@effect/vitest"
import { Effect, Record, Redacted } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import * as Migrations from "../../src/database/Migrations.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { rollback } from "../../src/database/Rollback.ts"
import { run, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const names = Object.keys(migrations)

/** Everything that migrations create, each as one line, whatever the order of the columns. */
const schema = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ kind: string; definition: string }>`
    with own as (select oid, relname from pg_class where relnamespace = 'public'::regnamespace and relname <> 'schema_migration')
    select 'column' as kind, concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated,
      attcollation::regcollation, pg_get_expr(adbin, adrelid)) as definition
    from own join pg_attribute on attrelid = own.oid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped and relname not like '%\\_pkey'
    union all
    select 'table', concat_ws(' ', relname, relrowsecurity, relforcerowsecurity) from pg_class
    where oid in (select oid from own) and relkind = 'r'
    union all
    select 'index', pg_get_indexdef(indexrelid) from own join pg_index on indrelid = own.oid
    union all
    select 'constraint', concat_ws(' ', relname, conname, pg_get_constraintdef(pg_constraint.oid))
    from own join pg_constraint on conrelid = own.oid
    union all
    select 'trigger', pg_get_triggerdef(pg_trigger.oid) from own join pg_trigger on tgrelid = own.oid where not tgisinternal
    union all
    select 'policy', concat_ws(' ', relname, polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    from own join pg_policy on polrelid = own.oid
    union all
    select 'statistics', pg_get_statisticsobjdef(oid) from pg_statistic_ext where stxnamespace = 'public'::regnamespace
    union all
    select 'function', pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select 'type', typname from pg_type where typnamespace = 'public'::regnamespace and typtype <> 'c' and typcategory <> 'A'
    union all
    select 'sequence', relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'
    order by kind, definition
  `
).pipe(Effect.map((rows) => rows.map(({ definition, kind }) => `${kind} ${definition}`)))

const on =
  (url: string) =>
  <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    Effect.provide(effect, PostgresDatabase.layerDirect(TestDatabase.settings, Redacted.make(url)))

/** Applies the migrations up to this number. */
const migrateTo = (last: number) =>
  Migrator.make({})({
    loader: Migrator.fromRecord(
      Record.map(
        Record.filter(migrations, (_, name) => Migrations.numberOf(name) <= last),
        (migration) => migration.default
      )
    ),
    table: "schema_migration"
  })

const addRows = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.gen(function* () {
    yield* sql`insert into task (user_id, id, title) values ('ada', gen_random_uuid(), 't'), ('bob', gen_random_uuid(), 'u')`
    yield* sql`insert into project (user_id, id, name) values ('ada', gen_random_uuid(), 'p')`
  })
)

describe("Migrations", () => {
  it("each have a step that undoes them", () => {
    for (const [name, migration] of Object.entries(migrations)) assert.isTrue(Effect.isEffect(migration.down), name)
  })

  it.live(
    "make the same schema when they are undone and applied again, from each of them on",
    () =>
      Effect.gen(function* () {
        const [stepwise, whole] = [yield* TestDatabase.makeEmpty, yield* TestDatabase.makeEmpty]
        const schemas = [yield* on(stepwise)(schema)]
        for (const name of names) {
          yield* on(stepwise)(migrateTo(Migrations.numberOf(name)))
          schemas.push(yield* on(stepwise)(schema))
        }
        yield* on(whole)(Migrations.apply)
        yield* on(whole)(addRows)
        assert.deepStrictEqual(yield* on(whole)(schema), schemas.at(-1))
        for (let to = names.length - 1; to >= 0; to--) {
          const undone = yield* on(whole)(rollback({ to, force: true }))
          assert.deepStrictEqual(undone, names.slice(to).toReversed())
          assert.deepStrictEqual(yield* on(whole)(schema), schemas[to], `after ${names[to]} was undone`)
          assert.deepStrictEqual(yield* on(whole)(Migrations.apply), names.slice(to))
          assert.deepStrictEqual(yield* on(whole)(schema), schemas.at(-1), `after ${names[to]} was applied again`)
        }
      }),
    timeout
  )

  it.live(
    "name the rows of earlier versions that have no visible character in their names, as changes of their users",
    () =>
      Effect.gen(function* () {
        const url = yield* TestDatabase.make
        yield* on(url)(rollback({ to: 18, force: true }))
        const named = Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const id = "019c2f7e-0000-7000-8000-00000000000"
          yield* sql`insert into project (user_id, id, name) values ('ada', ${`${id}0`}, ${"\u200b"})`
          yield* sql`insert into tag (user_id, id, name) values ('ada', ${`${id}1`}, ${"\u3164"}), ('ada', ${`${id}2`}, ${"\u2800"})`
          yield* sql`insert into task (user_id, id, title) values ('ada', ${`${id}3`}, ${"\u200d"}), ('bob', ${`${id}4`}, ${"\u200da"})`
          yield* Migrations.apply
          return yield* sql<{ name: string; version: number; is_new: boolean }>`
            select name, version, seq = last_seq as is_new from (
              select user_id, id, name, version, seq from project
              union all select user_id, id, name, version, seq from tag
              union all select user_id, id, title, version, seq from task
            ) as named join account using (user_id) order by id
          `
        })
        assert.deepStrictEqual(yield* on(url)(named), [
          ...[0, 1, 2, 3].map((n) => ({
            name: `Untitled 019c2f7e-0000-7000-8000-00000000000${n}`,
            version: 2,
            is_new: true
          })),
          { name: "\u200da", version: 1, is_new: true }
        ])
      }),
    timeout
  )

  it.live(
    "rename later tags of a user whose names look like the name of an earlier one",
    () =>
      Effect.gen(function* () {
        const url = yield* TestDatabase.make
        yield* on(url)(rollback({ to: 20, force: true }))
        const renamed = Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const id = "019c2f7e-0000-7000-8000-00000000000"
          const old = new Date("2026-01-01")
          yield* sql`
            insert into tag (user_id, id, name, created_at) values
              ('ada', ${`${id}0`}, ${"Ur\u00adgent"}, now()), ('ada', ${`${id}1`}, 'urgent', ${old}),
              ('ada', ${`${id}2`}, ${`${"urgent\u200b ".repeat(6)}`.trim()}, now()),
              ('ada', ${`${id}3`}, ${"urgent  ".repeat(6).trim()}, ${old}),
              ('bob', ${`${id}4`}, ${"urgent\u200b"}, now())
          `
          yield* Migrations.apply
          return yield* sql<{ name: string; version: number; is_new: boolean }>`
            select name, version, seq = last_seq as is_new from tag join account using (user_id) order by id
          `
        })
        assert.deepStrictEqual(yield* on(url)(renamed), [
          { name: "Ur\u00adgent 019c2f7e-0000-7000-8000-000000000000", version: 2, is_new: true },
          { name: "urgent", version: 1, is_new: false },
          { name: "urgent\u200b urgen 019c2f7e-0000-7000-8000-000000000002", version: 2, is_new: true },
          { name: "urgent  urgent  urgent  urgent  urgent  urgent", version: 1, is_new: false },
          { name: "urgent\u200b", version: 1, is_new: true }
        ])
      }),
    timeout
  )
})

describe("tasks migrate rollback", () => {
  it.live(
    "undoes the last migration or those after a number, and nothing where data would be lost, unless it is forced to",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        const migrate = (...args: ReadonlyArray<string>) => run(["migrate", ...args], { DATABASE_URL })
        const count = Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql<{ n: number }>`select count(*)::int as n from task`
        )
        yield* on(DATABASE_URL)(addRows)
        assert.deepInclude(yield* migrate("rollback", "--to", String(names.length)), {
          code: 0,
          stdout: "no migration to undo\n"
        })

        const refused = yield* migrate("rollback", "--to", "0")
        assert.deepInclude(refused, { code: 1, stdout: "" })
        assert.match(
          refused.stderr,
          /^tasks: 0001_create_tables cannot be undone without losing the data in .*task\.title/
        )
        assert.match(refused.stderr, /--force\n$/)
        assert.deepInclude(yield* migrate(), { code: 0, stdout: "no pending migrations\n" })

        // A search index and a counter are made of other data.
        assert.deepInclude(yield* migrate("rollback"), { code: 0, stdout: `undid ${names.at(-1)}\n` })
        assert.strictEqual((yield* migrate("status")).code, 1)
        const to1 = names.slice(1, -1).toReversed()
        assert.deepInclude(yield* migrate("rollback", "--to", "1"), {
          code: 0,
          stdout: to1.map((name) => `undid ${name}\n`).join("")
        })
        assert.deepStrictEqual((yield* on(DATABASE_URL)(count))[0]?.n, 2)
        assert.deepInclude(yield* migrate("rollback", "--to", "0", "--force"), {
          code: 0,
          stdout: `undid ${names[0]}\n`
        })
        assert.strictEqual((yield* migrate()).code, 0)
        assert.deepStrictEqual((yield* on(DATABASE_URL)(count))[0]?.n, 0)
      }),
    timeout
  )

  it.live(
    "finds the data of all users under row-level security, and turns it on again",
    () =>
      Effect.gen(function* () {
        const { owner, service, superuser } = yield* TestDatabase.makeWithRls
        const environment = { DATABASE_URL: service, DATABASE_DIRECT_URL: owner, DATABASE_RLS: "on" }
        yield* on(superuser)(addRows)
        yield* on(superuser)(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`delete from project`))
        const refused = yield* run(["migrate", "rollback", "--to", "2"], environment)
        assert.strictEqual(refused.code, 1)
        assert.match(refused.stderr, /^tasks: 0003_continue_versions cannot .*deletion\.id/)
        const forced = yield* run(["migrate", "rollback", "--to", "4", "--force"], environment)
        assert.strictEqual(forced.code, 0, forced.stderr)
        const forcedTables = Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql<{ relname: string }>`select relname from pg_class where relforcerowsecurity order by relname`
        )
        assert.includeMembers(
          (yield* on(superuser)(forcedTables)).map(({ relname }) => relname),
          ["project", "tag", "task", "task_tag"]
        )
      }),
    timeout
  )

  it.live(
    "refuses while the database has migrations of a newer version",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        yield* on(DATABASE_URL)(
          Effect.flatMap(
            SqlClient.SqlClient,
            (sql) => sql`insert into schema_migration (migration_id, name) values (9999, 'x')`
          )
        )
        const refused = yield* run(["migrate", "rollback"], { DATABASE_URL })
        assert.deepInclude(refused, { code: 1, stdout: "" })
        assert.match(refused.stderr, /does not know the migrations 9999_x/)
      }),
    timeout
  )
})
