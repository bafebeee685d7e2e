import { Effect, Option, Stream } from "effect"
import type { SqlClient } from "effect/sql"
import type { ExportRecord } from "../domain/AccountExport.ts"
import type { UserId } from "../domain/User.ts"
import { onHeavyPool } from "./QueryRunner.ts"
import { runAsUser } from "./RowLevelSecurity.ts"
import { taskColumns } from "./TaskColumns.ts"

const batchSize = 500

interface Place {
  readonly created_at: string
  readonly id: string
}

/** Behind no row: before all of them. */
const start: Place = { created_at: "-infinity", id: "00000000-0000-0000-0000-000000000000" }

const tables = (sql: SqlClient.SqlClient) =>
  [
    {
      type: "project",
      columns: sql.literal("id, name, description, color, archived, version, user_id, created_at, updated_at"),
      isThere: sql``
    },
    { type: "tag", columns: sql.literal("id, name, color, version, user_id, created_at, updated_at"), isThere: sql`` },
    {
      type: "task",
      columns: taskColumns(sql),
      isThere: sql`and deleted_at is null`
    }
  ] as const

type Table = ReturnType<typeof tables>[number]

const batch = (sql: SqlClient.SqlClient, owner: UserId, { columns, isThere, type }: Table, behind: Place) =>
  runAsUser(owner)(sql<ExportRecord>`
    select ${sql.literal(`'${type}'`)} as type, ${columns} from ${sql(type)}
    where user_id = ${owner} and (created_at, id) > (${behind.created_at}::timestamptz, ${behind.id}::uuid) ${isThere}
    order by created_at, id
    limit ${batchSize}
  `).pipe(onHeavyPool)

/**
 * The account in batches, each a statement of its own that begins behind the last row of the one before.
 * A batch is asked for when its reader has taken the one before: no connection, cursor or transaction
 * waits for a slow one, and no more than a batch is held for it.
 *
 * So each row is as it was when its batch was read, and the whole is of no one moment. A row that is there
 * from beginning to end comes exactly once, because what it is sorted by never changes; one that is made
 * or deleted meanwhile may come or not, and a task may name a project or tag made after those were read.
 */
export const read = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, owner: UserId) {
  const [projects, ...others] = tables(sql)
  const from = (table: Table, behind: Place): Stream.Stream<ExportRecord> =>
    Stream.paginate(behind, (place) => Effect.map(batch(sql, owner, table, place), (rows) => [rows, end(rows)]))
  const first = yield* batch(sql, owner, projects, start)
  return Stream.fromIterable(others).pipe(
    Stream.flatMap((table) => from(table, start)),
    (rest) =>
      Option.match(end(first), { onNone: () => rest, onSome: (place) => Stream.concat(from(projects, place), rest) }),
    (rest) => Stream.concat(Stream.fromIterable(first), rest)
  )
})

/** Where the next batch begins, unless this was the last: a short one is. */
const end = (rows: ReadonlyArray<ExportRecord>) => Option.fromUndefinedOr<Place | undefined>(rows[batchSize - 1])
