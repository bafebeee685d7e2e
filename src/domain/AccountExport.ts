import { Schema } from "effect"
import { described } from "./Description.ts"
import { Project, ProjectCreate } from "./Project.ts"
import { Tag, TagCreate } from "./Tag.ts"
import { Task, TaskCreate, taskExample } from "./Task.ts"
import { TimestampInput } from "./Timestamp.ts"

const exported = <const Type extends string, Fields extends Schema.Struct.Fields>(
  type: Type,
  identifier: string,
  row: Schema.Struct<Fields>
) =>
  Schema.Struct({ type: Schema.Literal(type).pipe(described("The type of this record.")), ...row.fields }).annotate({
    identifier,
    description: `A ${type} in an export.`
  })

/** One row of an account with its type. An export is a sequence of these. */
export const ExportRecord = Schema.Union([
  exported("project", "ExportedProject", Project),
  exported("tag", "ExportedTag", Tag),
  exported("task", "ExportedTask", Task)
]).pipe(
  Schema.annotateEncoded({
    identifier: "ExportRecord",
    description: "One line of an export.",
    examples: [{ type: "task", ...taskExample }]
  })
)
export type ExportRecord = typeof ExportRecord.Type

// A file may have been edited since it was exported. Rows are written many at a time, so one that the
// database refuses would take the others with it: what it would refuse is refused here, and by name.
const written = {
  version: Schema.Int.check(
    Schema.isBetween({ minimum: 1, maximum: 2 ** 31 - 1 }, { code: "range", message: "Must be a version, from 1" })
  ),
  created_at: TimestampInput,
  updated_at: TimestampInput,
  // Whoever imports a row owns it.
  user_id: Schema.optionalKey(Schema.Unknown)
}

// U+0085 is white space to PostgreSQL, and none to JavaScript.
const isSeen = Schema.isPattern(/[^\s\u0085]/, { code: "blank", message: "Must not be blank" })

const ImportedProject = Schema.Struct({ ...Project.fields, name: ProjectCreate.fields.name.check(isSeen), ...written })
export type ImportedProject = typeof ImportedProject.Type

const ImportedTag = Schema.Struct({ ...Tag.fields, name: TagCreate.fields.name.check(isSeen), ...written })
export type ImportedTag = typeof ImportedTag.Type

const ImportedTask = Schema.Struct({
  ...Task.fields,
  title: TaskCreate.fields.title.check(isSeen),
  due_at: Schema.NullOr(TimestampInput),
  tag_ids: TaskCreate.fields.tag_ids.schema,
  position: Schema.String.check(
    Schema.isPattern(/^[A-Za-z][0-9A-Za-z]{0,999}$/, { code: "format", message: "Must be an order key" })
  ),
  completed_at: Schema.NullOr(TimestampInput),
  ...written
}).check(
  Schema.makeFilter(({ completed_at, status }) => (status === "completed") === (completed_at !== null), {
    code: "conflict",
    message: "Must have completed_at exactly when its status is completed"
  })
)
export type ImportedTask = typeof ImportedTask.Type

/** What a row of an export must be to be taken in again, by its type. */
export const Imported = { project: ImportedProject, tag: ImportedTag, task: ImportedTask } as const
export type RecordType = keyof typeof Imported
