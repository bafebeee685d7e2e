import { Effect } from "effect"
import { SqlClient } from "effect/sql"

interface Table {
  readonly name: string
  readonly is_enabled: boolean
  /** Whether it also applies to the owner of the table. */
  readonly is_forced: boolean
}

/** The tables with an owner in each row: those with the policy `tenant_isolation`. */
const tables = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<Table>`
    select relname as name, relrowsecurity as is_enabled, relforcerowsecurity as is_forced
    from pg_policy join pg_class on pg_class.oid = polrelid
    where polname = 'tenant_isolation' and pg_table_is_visible(polrelid)
    order by relname
  `
)

/** The tables whose row-level security does not match the setting. */
const differing = (isWanted: boolean) =>
  Effect.map(tables, (all) =>
    all.filter(({ is_enabled, is_forced }) => is_enabled !== isWanted || is_forced !== isWanted).map(({ name }) => name)
  )

/** What does not match: tables, or a role that bypasses row-level security. Empty if everything matches. */
export const check = Effect.fnUntraced(function* (isWanted: boolean) {
  const names = (yield* differing(isWanted)).join(", ")
  // A statement that does not set the user would find the tables empty.
  if (!isWanted) return names === "" ? [] : [`it is in force on ${names}, but DATABASE_RLS is off`]
  const sql = yield* SqlClient.SqlClient
  const [role] = yield* sql<{ passes: boolean }>`
    select rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user
  `
  return [
    ...(names === "" ? [] : [`it is not in force on ${names}: run tasks migrate`]),
    ...(role?.passes === false ? [] : ["it does not hold for the role of DATABASE_URL: serve with another"])
  ]
})

/** Changes the tables to match, and returns their names. The lock of the migrations excludes a concurrent migration. */
export const apply = Effect.fnUntraced(function* (isWanted: boolean) {
  const sql = yield* SqlClient.SqlClient
  const actions = isWanted
    ? sql`enable row level security, force row level security`
    : sql`disable row level security, no force row level security`
  const change = Effect.gen(function* () {
    yield* sql`lock table schema_migration in access exclusive mode`
    const names = yield* differing(isWanted)
    for (const name of names) yield* sql`alter table ${sql(name)} ${actions}`
    return names
  })
  return (yield* differing(isWanted)).length === 0 ? [] : yield* sql.withTransaction(change)
})

/** Lets the owner of the tables see all rows. Otherwise a migration would find no rows, and change none without an error. */
export const disableForOwner = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const { is_forced, name } of yield* tables) {
    if (is_forced) yield* sql`alter table ${sql(name)} no force row level security`
  }
})
