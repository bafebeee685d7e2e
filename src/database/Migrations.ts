import { Data, Effect, Record } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import * as RowSecurity from "./RowSecurity.ts"

const table = "schema_migration"

/** The database cannot have the tables, or the migrations that it records are not the first of the known ones. */
export class MigrationMismatch extends Data.TaggedError("MigrationMismatch")<{
  readonly faults: ReadonlyArray<string>
}> {
  override get message() {
    return ["The migrations cannot be applied:", ...this.faults.map((fault) => `  ${fault}`)].join("\n")
  }
}

export interface Status {
  readonly applied: ReadonlyArray<string>
  readonly pending: ReadonlyArray<string>
  /** Applied by a newer version. */
  readonly unknown: ReadonlyArray<string>
}

export const numberOf = (name: string) => Number.parseInt(name, 10)

const formatName = (number: number, name: string) => `${String(number).padStart(4, "0")}_${name}`

/**
 * Compares names like `0001_create_task`. The library compares the highest number only: it would skip a lower one that
 * was added later, and would not detect a gap or a number that is used twice.
 */
export const compare = (
  known: ReadonlyArray<string>,
  recorded: ReadonlyArray<{ readonly migration_id: number; readonly name: string }>
): Status | MigrationMismatch => {
  const names = known.toSorted((a, b) => numberOf(a) - numberOf(b))
  const last = Math.max(0, ...recorded.map((row) => row.migration_id))
  const isRecorded = (name: string) => recorded.some((row) => row.migration_id === numberOf(name))
  const faults = names.flatMap((name, index) => {
    const number = numberOf(name)
    const before = index === 0 ? 0 : numberOf(names[index - 1] ?? "0")
    if (number === before) return [`${name}: the number is used twice`]
    if (number !== before + 1) return [`${name}: follows number ${before}, so there is a gap`]
    if (number < last && !isRecorded(name)) return [`${name}: is not applied, but number ${last} already is`]
    const other = recorded.find((row) => row.migration_id === number && row.name !== name.replace(/^\d+_/, ""))
    return other === undefined ? [] : [`${name}: was applied under the name ${other.name}`]
  })
  if (faults.length > 0) return new MigrationMismatch({ faults })
  return {
    applied: names.filter(isRecorded),
    pending: names.filter((name) => !isRecorded(name)),
    unknown: recorded
      .filter(({ migration_id }) => !names.some((name) => numberOf(name) === migration_id))
      .map(({ migration_id, name }) => formatName(migration_id, name))
  }
}

export const status = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ exists: boolean; encoding: string }>`
    select to_regclass(${table}) is not null as exists, current_setting('server_encoding') as encoding
  `
  // Without a locale, as on some minimal machines, PostgreSQL makes databases that know no letters beyond ASCII.
  if (found !== undefined && found.encoding !== "UTF8") {
    const fault = `the database has the encoding ${found.encoding}: use one that createdb --encoding=UTF8 --template=template0 makes`
    return yield* new MigrationMismatch({ faults: [fault] })
  }
  const recorded = found?.exists
    ? yield* sql<{ migration_id: number; name: string }>`select migration_id, name from ${sql(table)}`
    : []
  const result = compare(Object.keys(migrations), recorded)
  return result instanceof MigrationMismatch ? yield* result : result
})

const loader = Migrator.fromRecord(
  Record.map(migrations, ({ default: migration }) => Effect.andThen(RowSecurity.disableForOwner, migration))
)

const applyPending = Migrator.make({})({ loader, table })

/**
 * Applies pending migrations, all or none, under a lock: other processes wait for the one that has it. Afterwards
 * row-level security does not apply to the owner of the tables, until `RowSecurity.apply`.
 */
export const apply = Effect.flatMap(status, ({ pending }) =>
  // The migrator's lock would wait for a running dump, and all requests would wait behind it.
  pending.length === 0 ? Effect.succeed([]) : applyPending
).pipe(Effect.map((applied) => applied.map(([id, name]) => formatName(id, name))))
