import { Schema, String } from "effect"
import { described, named } from "./Description.ts"
import { DueInput } from "./Due.ts"
import { Project, ProjectCreate } from "./Project.ts"
import { RecurrenceInput, TaskCompletion } from "./Recurrence.ts"
import { Tag, TagCreate } from "./Tag.ts"
import { Task, TaskCreate, taskExample } from "./Task.ts"
import { TimestampInput } from "./Timestamp.ts"

const exported = <Type extends string, Fields extends Schema.Struct.Fields>(type: Type, row: Schema.Struct<Fields>) =>
  Schema.Struct({ type: Schema.Literal(type).pipe(described("The type of this record.")), ...row.fields }).pipe(
    named(`Exported${String.capitalize(type)}`, `A ${type} in an export.`)
  )

const Completion = Schema.Struct({
  task_id: Task.fields.id.pipe(described("The recurring task.")),
  ...TaskCompletion.fields,
  user_id: Task.fields.user_id
})

/** A row of an account with its type. An export of an account is a sequence of these. */
export const ExportRecord = Schema.Union([
  exported("project", Project),
  exported("tag", Tag),
  exported("task", Task),
  exported("completion", Completion)
]).pipe(named("ExportRecord", "One line of an export.", { type: "task", ...taskExample }))
export type ExportRecord = typeof ExportRecord.Type

/** Every change of a row increments its version, which PostgreSQL stores as a 32-bit integer. */
export const maxVersion = 1_000_000_000

// A file may have been edited since it was exported. Many rows are written in one statement, and one that the
// database refuses would fail all of them. So each row is validated first, and its errors name the fields.
const metadata = {
  version: Schema.Int.check(
    Schema.isGreaterThanOrEqualTo(1, { code: "range", message: "Must be a whole number from 1" })
  ),
  created_at: TimestampInput,
  updated_at: TimestampInput,
  // Ignored: the rows belong to the account that they are imported into.
  user_id: Schema.optionalKey(Schema.Unknown)
}

const ImportedTask = Schema.Struct({
  ...Task.fields,
  title: TaskCreate.fields.title,
  due: Schema.optionalKey(Schema.NullOr(DueInput)),
  // Follows from `due`, if that is there.
  due_at: Schema.optionalKey(Schema.NullOr(TimestampInput)),
  recurrence: Schema.optionalKey(Schema.NullOr(RecurrenceInput)),
  parent_id: Schema.optionalKey(Task.fields.parent_id),
  // Ignored: the server counts them.
  subtasks: Schema.optionalKey(Schema.Unknown),
  tag_ids: TaskCreate.fields.tag_ids.schema,
  completed_at: Schema.NullOr(TimestampInput),
  ...metadata
}).check(
  Schema.makeFilter(({ completed_at, status }) => (status === "completed") === (completed_at !== null), {
    code: "conflict",
    message: "Must have completed_at exactly when its status is completed"
  })
)
export type ImportedTask = typeof ImportedTask.Type

const ImportedCompletion = Schema.Struct({
  task_id: Completion.fields.task_id,
  // A task has at most this version, too: it is stored as a 32-bit integer.
  version: metadata.version.check(
    Schema.isLessThanOrEqualTo(maxVersion, { code: "range", message: `Must be at most ${maxVersion}` })
  ),
  due: Schema.NullOr(DueInput),
  completed_at: TimestampInput,
  user_id: metadata.user_id
})

/** The rows of an export that can be imported, by type. */
export const Imported = {
  project: Schema.Struct({ ...Project.fields, name: ProjectCreate.fields.name, ...metadata }),
  tag: Schema.Struct({ ...Tag.fields, name: TagCreate.fields.name, ...metadata }),
  task: ImportedTask,
  completion: ImportedCompletion
} as const
export type RecordType = keyof typeof Imported
export type ImportedOf<Type extends RecordType> = (typeof Imported)[Type]["Type"]
