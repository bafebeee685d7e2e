import { Schema } from "effect"
import { ProjectId } from "./Project.ts"
import { TagId } from "./Tag.ts"
import { NonEmptyText, Text, TrimmedText } from "./Text.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"
import { UserId } from "./User.ts"
import { Uuid } from "./Uuid.ts"
import { Version } from "./Version.ts"

export const TaskId = Uuid.pipe(Schema.brand("TaskId"))
export type TaskId = typeof TaskId.Type

export const TaskStatus = Schema.Literals(["pending", "in_progress", "completed"])
export type TaskStatus = typeof TaskStatus.Type

/** In this order, from what can wait to what cannot. */
export const TaskPriority = Schema.Literals(["none", "low", "medium", "high"])
export type TaskPriority = typeof TaskPriority.Type

const titleLength = 200
const Description = Schema.NullOr(Text(2000))

const TagIds = Schema.Array(TagId)
const TagIdsInput = TagIds.check(
  Schema.isMaxLength(50, { code: "too_many", params: { max: 50 }, message: "Must have at most 50 entries" }),
  Schema.isUnique({ code: "duplicate", message: "Must not name a tag twice" })
)

/** A task as it is stored and sent: the row and the JSON are the same thing. */
export const Task = Schema.Struct({
  id: TaskId,
  title: NonEmptyText(titleLength),
  description: Description,
  status: TaskStatus,
  priority: TaskPriority,
  due_at: Schema.NullOr(Timestamp),
  project_id: Schema.NullOr(ProjectId),
  tag_ids: TagIds,
  /** Where the user put it: tasks in the order of this text, compared byte by byte, are in the user's order. */
  position: Schema.String,
  /** Since when it is completed: kept by the service as the status comes and goes. */
  completed_at: Schema.NullOr(Timestamp),
  version: Version,
  user_id: UserId,
  created_at: Timestamp,
  updated_at: Timestamp
}).annotate({ identifier: "Task" })
export type Task = typeof Task.Type

const optional = {
  description: Schema.optionalKey(Description),
  status: Schema.optionalKey(TaskStatus),
  priority: Schema.optionalKey(TaskPriority),
  due_at: Schema.optionalKey(Schema.NullOr(TimestampInput)),
  project_id: Schema.optionalKey(Schema.NullOr(ProjectId)),
  tag_ids: Schema.optionalKey(TagIdsInput)
}

/** A client may bring the id, so that it can make tasks offline and repeat a lost request. */
export const TaskCreate = Schema.Struct({
  id: Schema.optionalKey(TaskId),
  title: TrimmedText(titleLength),
  ...optional
}).annotate({ identifier: "TaskCreate" })
export type TaskCreate = typeof TaskCreate.Type

/** Absent means unchanged; `null` clears what can be empty (RFC 7396). */
export const TaskUpdate = Schema.Struct({
  title: Schema.optionalKey(TrimmedText(titleLength)),
  ...optional
}).annotate({ identifier: "TaskUpdate" })
export type TaskUpdate = typeof TaskUpdate.Type

/** A task that was put away. It is gone after thirty days. */
export const TrashedTask = Schema.Struct({ ...Task.fields, deleted_at: Timestamp }).annotate({
  identifier: "TrashedTask"
})
export type TrashedTask = typeof TrashedTask.Type

/** Where a task goes: before or after another of the same user. */
export const TaskMove = Schema.Union([Schema.Struct({ before: TaskId }), Schema.Struct({ after: TaskId })]).annotate({
  identifier: "TaskMove",
  code: "type",
  message: 'Must have either "before" or "after", a task id'
})
export type TaskMove = typeof TaskMove.Type
