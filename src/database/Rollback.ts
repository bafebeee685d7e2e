import { Data, Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { type Migration, migrations } from "../../migrations/index.ts"
import * as Migrations from "./Migrations.ts"
import * as RowSecurity from "./RowSecurity.ts"

/** Nothing was undone. */
export class RollbackRefused extends Data.TaggedError("RollbackRefused")<{ readonly message: string }> {}

interface Column {
  readonly table: string
  readonly column: string
  /** In SQL. */
  readonly initial: string
}

/** The columns of all tables, without generated ones. */
const columns = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<Column>`
    select relname as table, attname as column, coalesce(pg_get_expr(adbin, adrelid), 'null') as initial
    from pg_attribute
    join pg_class on pg_class.oid = attrelid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and relname <> 'schema_migration'
      and attnum > 0 and not attisdropped and attgenerated = ''
    order by relname, attnum
  `
)

/** Runs the `down` of a migration, sees which columns it removes, and rolls it back. */
const removedColumns = Effect.fnUntraced(function* (down: Migration["down"]) {
  const sql = yield* SqlClient.SqlClient
  const before = yield* columns
  const attempt = Effect.flatMap(Effect.andThen(down, columns), (after) => Effect.fail({ after }))
  const { after } = yield* sql
    .withTransaction(attempt)
    .pipe(Effect.catch((error) => ("after" in error ? Effect.succeed(error) : Effect.fail<SqlError.SqlError>(error))))
  return before.filter(({ column, table }) => !after.some((kept) => kept.table === table && kept.column === column))
})

/** Removed columns in which a row has another value than the default. */
const lostColumns = Effect.fnUntraced(function* ({ derived = [], down }: Migration) {
  const sql = yield* SqlClient.SqlClient
  const lost: Array<string> = []
  for (const { column, initial, table } of yield* removedColumns(down)) {
    if (derived.includes(table) || derived.includes(`${table}.${column}`)) continue
    const [found] = yield* sql<{ exists: boolean }>`
      select exists (select from ${sql(table)} where ${sql(column)} is distinct from ${sql.literal(initial)})
    `
    if (found?.exists) lost.push(`${table}.${column}`)
  }
  return lost
})

interface Options {
  /** The number of the last migration to keep. By default only the last migration is undone. */
  readonly to?: number | undefined
  /** Whether data may be lost. */
  readonly force: boolean
}

const undo = Effect.fnUntraced(function* (name: string, force: boolean) {
  const sql = yield* SqlClient.SqlClient
  const migration = migrations[name] as Migration
  const lost = force ? [] : yield* lostColumns(migration)
  if (lost.length > 0) {
    return yield* new RollbackRefused({
      message: `${name} cannot be undone without losing the data in ${lost.join(", ")}. Back them up, then repeat the command with --force`
    })
  }
  yield* migration.down
  yield* sql`delete from schema_migration where migration_id = ${Migrations.numberOf(name)}`
})

/** Undoes migrations, the last one first. Inside a transaction either all of them or none. Returns their names. */
export const rollback = Effect.fnUntraced(function* ({ force, to }: Options) {
  const { applied, unknown } = yield* Migrations.status
  if (unknown.length > 0) {
    return yield* new RollbackRefused({
      message: `this version does not know the migrations ${unknown.join(", ")}: use the version that applied them`
    })
  }
  const last = to ?? Migrations.numberOf(applied.at(-2) ?? "0")
  const names = applied.filter((name) => Migrations.numberOf(name) > last).toReversed()
  // The check for lost data must see the rows of all users.
  yield* RowSecurity.disableForOwner
  for (const name of names) yield* undo(name, force)
  return names
})
