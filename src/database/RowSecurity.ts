import { Effect } from "effect"
import { SqlClient } from "effect/sql"

interface Table {
  readonly name: string
  readonly is_enabled: boolean
  /** On the owner of the table too. */
  readonly is_forced: boolean
}

/** The tables with an owner in each row, as the policies of the migrations tell. */
const tables = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<Table>`
    select relname as name, relrowsecurity as is_enabled, relforcerowsecurity as is_forced
    from pg_policy join pg_class on pg_class.oid = polrelid
    where polname = 'tenant_isolation' and pg_table_is_visible(polrelid)
    order by relname
  `
)

/** The tables whose row level security is not as it should be. */
const differing = (isWanted: boolean) =>
  Effect.map(tables, (all) =>
    all.filter(({ is_enabled, is_forced }) => is_enabled !== isWanted || is_forced !== isWanted).map(({ name }) => name)
  )

/** Why the service would not be right, or not as safe as it was told to be, on this database as this role. */
export const check = Effect.fnUntraced(function* (isWanted: boolean) {
  const names = (yield* differing(isWanted)).join(", ")
  // Who does not name the user would find the tables empty, and say so.
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

/** Brings the tables in line and tells which were not: under the migrations' lock, so never while one is on its way. */
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

/** Lets the owner of the tables see all rows again, as a migration must: it would change none otherwise, without a word. */
export const disableForOwner = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const { is_forced, name } of yield* tables) {
    if (is_forced) yield* sql`alter table ${sql(name)} no force row level security`
  }
})
