import { Schema } from "effect"
import { Task, TaskCreate, TaskId, TaskUpdate } from "./Task.ts"
import { Version } from "./Version.ts"

/** Where `version` is given, the operation is meant for that version only. */
const target = { id: TaskId, version: Schema.optionalKey(Version) }

export const TaskOperation = Schema.Union([
  Schema.Struct({ op: Schema.Literal("create"), task: TaskCreate }),
  Schema.Struct({ op: Schema.Literal("update"), ...target, change: TaskUpdate }),
  Schema.Struct({ op: Schema.Literal("delete"), ...target })
]).annotate({ identifier: "TaskOperation" })
export type TaskOperation = typeof TaskOperation.Type

/** Up to a hundred changes, of which all are made or none. They are made in this order. */
export const TaskBulk = Schema.Struct({
  operations: Schema.Array(TaskOperation).check(
    Schema.isMinLength(1, { code: "too_few", params: { min: 1 }, message: "Must have at least 1 entry" }),
    Schema.isMaxLength(100, { code: "too_many", params: { max: 100 }, message: "Must have at most 100 entries" })
  )
}).annotate({ identifier: "TaskBulk" })
export type TaskBulk = typeof TaskBulk.Type

/** What became of each operation, in the order they were sent: the task as it is now, or none where it was deleted. */
export const TaskBulkResult = Schema.Struct({ results: Schema.Array(Schema.NullOr(Task)) }).annotate({
  identifier: "TaskBulkResult"
})
export type TaskBulkResult = typeof TaskBulkResult.Type
