import { Schema } from "effect"
import { checkEncoded, described, errorAt, fieldsToChange, named, readOnly } from "./Description.ts"
import { Due, DueInput, TimeZone } from "./Due.ts"
import { ProjectId } from "./Project.ts"
import { Recurrence, RecurrenceInput } from "./Recurrence.ts"
import { TagId } from "./Tag.ts"
import { NonEmptyText, Text, TextInput, TrimmedText } from "./Text.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"
import { Uuid } from "./Uuid.ts"
import { versionedRow, versionedRowExample } from "./Version.ts"

export const TaskId = Uuid.pipe(Schema.brand("TaskId"))
export type TaskId = typeof TaskId.Type

export const TaskStatus = Schema.Literals(["pending", "in_progress", "completed"]).pipe(
  named("TaskStatus", "The progress of a task.")
)
export type TaskStatus = typeof TaskStatus.Type

export const TaskPriority = Schema.Literals(["none", "low", "medium", "high"]).pipe(
  named("TaskPriority", "The importance of a task, in ascending order.")
)
export type TaskPriority = typeof TaskPriority.Type

const titleLength = 200
const descriptionLength = 2000

const TagIds = Schema.Array(TagId)
const TagIdsInput = TagIds.check(
  Schema.isMaxLength(50, { code: "too_many", params: { max: 50 }, message: "Must have at most 50 entries" }),
  Schema.isUnique({ code: "duplicate", message: "Must not name a tag twice" })
)

const title = described("What is to be done.")
const description = described("Notes on the task.")
const due = described("When the task is due. It is kept as given.")
const recurrence = described(
  "When the task is due again. Completing it moves `due` to the next occurrence; after the last one it stays completed."
)
const tag_ids = described("The tags of the task.")
const status = TaskStatus.pipe(described("The progress of the task; `pending` for a new one."))
const priority = TaskPriority.pipe(described("The importance of the task; `none` for a new one."))
const parent_id = Schema.NullOr(TaskId).pipe(
  described("The task that this is a subtask of. There are at most five levels.")
)
const project_id = Schema.NullOr(ProjectId).pipe(described("The project of the task."))

export const taskExample = {
  id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e",
  title: "Buy milk",
  description: null,
  status: "pending",
  priority: "none",
  due: { date: "2026-11-21", time: "18:00", time_zone: "Europe/Berlin" },
  due_at: "2026-11-21T17:00:00.000Z",
  recurrence: { rrule: "FREQ=WEEKLY;BYDAY=SA", anchor: "due" },
  project_id: "019c2f7a-90c4-7d1b-b3a5-0e1f2a3b4c5d",
  parent_id: null,
  subtasks: { total: 3, completed: 1 },
  tag_ids: ["019c2f7b-2e8d-7f60-a1c7-5d4e3f2a1b0c"],
  position: "n0660bbc346aa38",
  completed_at: null,
  ...versionedRowExample
} as const

/** A task as it is stored and sent: the row and the JSON have the same fields. */
export const Task = Schema.Struct({
  id: TaskId.pipe(described("Identifies the task.", readOnly)),
  title: NonEmptyText(titleLength).pipe(title),
  description: Schema.NullOr(Text(descriptionLength)).pipe(description),
  status,
  priority,
  due: Schema.NullOr(Due).pipe(due),
  due_at: Schema.NullOr(Timestamp).pipe(
    described(
      "The instant of `due`, if that has a time zone. A request may send it instead of `due`, as a time in UTC."
    )
  ),
  recurrence: Schema.NullOr(Recurrence).pipe(recurrence),
  project_id,
  parent_id,
  subtasks: Schema.Struct({
    total: Schema.Natural.pipe(described("The number of direct subtasks.")),
    completed: Schema.Natural.pipe(described("The number of completed ones among them."))
  }).pipe(described("The direct subtasks of the task. The server counts them.", readOnly)),
  tag_ids: TagIds.pipe(tag_ids),
  position: Schema.String.pipe(
    described("Sort key of the user's own order: compare byte by byte. Change it with a move.", readOnly)
  ),
  completed_at: Schema.NullOr(Timestamp).pipe(
    described("When the task was completed. The server sets and clears it with the status.", readOnly)
  ),
  ...versionedRow
}).pipe(named("Task", "A task of a user.", taskExample))
export type Task = typeof Task.Type

const hasOneDue = Schema.makeFilter(({ due, due_at }: { readonly due?: unknown; readonly due_at?: unknown }) =>
  due === undefined || due_at === undefined
    ? undefined
    : errorAt("due_at", "conflict", "Must not be given together with due")
)

/** A client may send the id, so that it can create tasks offline and repeat a request. */
export const TaskCreate = Schema.Struct({
  id: Schema.optionalKey(TaskId).pipe(described("Identifies the task. The server generates it if absent.")),
  title: TrimmedText(titleLength).pipe(title),
  description: Schema.optionalKey(Schema.NullOr(TextInput(descriptionLength))).pipe(description),
  status: Schema.optionalKey(status),
  priority: Schema.optionalKey(priority),
  due: Schema.optionalKey(Schema.NullOr(DueInput)).pipe(due),
  due_at: Schema.optionalKey(Schema.NullOr(TimestampInput)).pipe(
    described("Short for a `due` in UTC. A request can have only one of the two.")
  ),
  recurrence: Schema.optionalKey(Schema.NullOr(RecurrenceInput)).pipe(recurrence),
  project_id: Schema.optionalKey(project_id),
  parent_id: Schema.optionalKey(parent_id),
  tag_ids: Schema.optionalKey(TagIdsInput).pipe(tag_ids)
}).pipe(
  named("TaskCreate", "A new task.", {
    title: "Buy milk",
    due: { date: "2026-11-21", time: "18:00", time_zone: "Europe/Berlin" }
  }),
  checkEncoded(hasOneDue)
)
export type TaskCreate = typeof TaskCreate.Type

const { id: _, ...fields } = TaskCreate.fields
export const TaskUpdate = Schema.Struct({
  ...fields,
  title: Schema.optionalKey(TrimmedText(titleLength)).pipe(title),
  time_zone: Schema.optionalKey(TimeZone).pipe(
    described(
      "The user's time zone, to complete a task that recurs after its completion and has no time zone; `UTC` if absent."
    )
  )
}).pipe(named("TaskUpdate", fieldsToChange, { status: "completed" }), checkEncoded(hasOneDue))
export type TaskUpdate = typeof TaskUpdate.Type

export const TrashedTask = Schema.Struct({
  ...Task.fields,
  deleted_at: Timestamp.pipe(described("When the task was moved to the trash.", readOnly))
}).pipe(
  named("TrashedTask", "A task in the trash. The server deletes it after thirty days.", {
    ...taskExample,
    deleted_at: "2026-11-20T10:15:00.000Z"
  })
)
export type TrashedTask = typeof TrashedTask.Type

export const TaskMove = Schema.Union([
  Schema.Struct({ before: TaskId.pipe(described("The task that follows the moved task.")) }),
  Schema.Struct({ after: TaskId.pipe(described("The task that precedes the moved task.")) })
]).annotate({
  identifier: "TaskMove",
  description: "The new place of a task: directly before or after another one.",
  examples: [{ after: TaskId.make("019c2f80-1d6f-7a52-8e0b-3c4d5e6f7a8b") }],
  code: "type",
  message: 'Must have either "before" or "after", a task id'
})
export type TaskMove = typeof TaskMove.Type
