import { Effect, Option, Stream } from "effect"
import type { Database } from "../database/Database.ts"
import type { ExportRecord } from "../domain/AccountExport.ts"
import type { UserId } from "../domain/User.ts"
import { columnsOf, taskColumns } from "./Columns.ts"

const batchSize = 500

/** The rows of one type: the statement of a batch, the key before the first row, and the key of a row. */
interface Section {
  readonly text: string
  readonly start: ReadonlyArray<unknown>
  readonly keyOf: (row: ExportRecord) => ReadonlyArray<unknown>
}

const nullId = "00000000-0000-0000-0000-000000000000"

/** Rows in the order of their creation. */
const section = (table: string, columns: string, condition = ""): Section => ({
  text: `
    select '${table}' as type, ${columns} from ${table}
    where user_id = $1 and (created_at, id) > ($2::timestamptz, $3::uuid) ${condition}
    order by created_at, id
    limit ${batchSize}
  `,
  start: ["-infinity", nullId],
  keyOf: (row) => ("created_at" in row ? [row.created_at, row.id] : [])
})

const projects = section("project", columnsOf.project)
const tags = section("tag", columnsOf.tag)
const tasks = section("task", taskColumns, "and deleted_at is null")
const completions: Section = {
  text: `
    select 'completion' as type, task_id, version, due, completed_at, user_id from task_completion
    where user_id = $1 and (task_id, version) > ($2::uuid, $3::integer) and exists (
      select from task where task.user_id = $1 and task.id = task_id and deleted_at is null
    )
    order by task_id, version
    limit ${batchSize}
  `,
  start: [nullId, 0],
  keyOf: (row) => ("task_id" in row ? [row.task_id, row.version] : [])
}

/**
 * The account in batches, each a statement of its own that begins after the last row of the one before. A batch is read
 * when its reader has taken the one before: no connection, cursor or transaction waits for a slow reader, and no more
 * than a batch is held for it.
 *
 * So the export is not a snapshot: each row has the state at which its batch was read. A row that exists from beginning
 * to end comes exactly once, because its sort key never changes; one that is created or deleted meanwhile may be
 * missing, and a task may name a project or tag that was created after those were read.
 */
export const streamAll = Effect.fnUntraced(function* (db: Database["Service"], owner: UserId) {
  const read = ({ keyOf, text }: Section, after: ReadonlyArray<unknown>) =>
    Effect.map(db.heavy(db.query<ExportRecord>(owner, text, after)), (rows) => {
      // A short batch is the last one.
      const last: Option.Option<ExportRecord> = Option.fromUndefinedOr(rows[batchSize - 1])
      return [rows, Option.map(last, keyOf)] as const
    })
  // Read before there is a stream, so that an unavailable database is reported while there can be an error response.
  const first = yield* read(projects, projects.start)
  return Stream.flatMap(Stream.make(projects, tags, tasks, completions), (section) =>
    Stream.paginate(section.start, (after) => (after === projects.start ? Effect.succeed(first) : read(section, after)))
  )
})
