import { Effect, Option, Stream } from "effect"
import type { Database } from "../database/Database.ts"
import type { ExportRecord } from "../domain/AccountExport.ts"
import type { UserId } from "../domain/User.ts"
import { projectColumns, tagColumns, taskColumns } from "./Columns.ts"

const batchSize = 500

interface PageKey {
  readonly created_at: string
  readonly id: string
}

/** Before all rows. */
const start: PageKey = { created_at: "-infinity", id: "00000000-0000-0000-0000-000000000000" }

const batchText = (table: string, columns: string, condition = "") => `
  select '${table}' as type, ${columns} from ${table}
  where user_id = $1 and (created_at, id) > ($2::timestamptz, $3::uuid) ${condition}
  order by created_at, id
  limit ${batchSize}
`

const projects = batchText("project", projectColumns)
const tags = batchText("tag", tagColumns)
const tasks = batchText("task", taskColumns, "and deleted_at is null")

const readBatch = (db: Database["Service"], owner: UserId, text: string, after: PageKey) =>
  db.heavy(db.query<ExportRecord>(owner, text, [after.created_at, after.id]))

/**
 * The account in batches, each a statement of its own that begins after the last row of the one before. A batch is read
 * when its reader has taken the one before: no connection, cursor or transaction waits for a slow reader, and no more
 * than a batch is held for it.
 *
 * So each row is as it was when its batch was read, and the whole is of no one moment. A row that is there from beginning
 * to end comes exactly once, because its sort key never changes; one that is created or deleted meanwhile may come or
 * not, and a task may name a project or tag that was created after those were read.
 */
export const streamAll = Effect.fnUntraced(function* (db: Database["Service"], owner: UserId) {
  const from = (text: string, after: PageKey): Stream.Stream<ExportRecord> =>
    Stream.paginate(after, (key) => Effect.map(readBatch(db, owner, text, key), (rows) => [rows, nextKey(rows)]))
  // Read before there is a stream, so that an unavailable database is reported while there can be an error response.
  const first = yield* readBatch(db, owner, projects, start)
  const otherProjects = Option.match(nextKey(first), {
    onNone: () => Stream.empty,
    onSome: (key) => from(projects, key)
  })
  return Stream.fromIterable(first).pipe(
    Stream.concat(otherProjects),
    Stream.concat(from(tags, start)),
    Stream.concat(from(tasks, start))
  )
})

/** Where the next batch begins. A short batch is the last one. */
const nextKey = (rows: ReadonlyArray<ExportRecord>) => Option.fromUndefinedOr<PageKey | undefined>(rows[batchSize - 1])
