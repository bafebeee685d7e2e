import { Schema } from "effect"
import { described, named } from "./Description.ts"
import { Task, TaskCreate, TaskId, TaskUpdate, taskExample } from "./Task.ts"
import { Version } from "./Version.ts"

const target = {
  id: TaskId.pipe(described("Identifies the task.")),
  version: Schema.optionalKey(Version).pipe(
    described("The version that the operation applies to: another one fails the request with 412.")
  )
}

export const TaskOperation = Schema.Union([
  Schema.Struct({
    op: Schema.Literal("create").pipe(described("Creates a task.")),
    task: TaskCreate.pipe(described("The new task."))
  }),
  Schema.Struct({
    op: Schema.Literal("update").pipe(described("Changes a task.")),
    ...target,
    change: TaskUpdate.pipe(described("The fields to change."))
  }),
  Schema.Struct({ op: Schema.Literal("delete").pipe(described("Moves a task to the trash.")), ...target })
]).pipe(
  named("TaskOperation", "One operation of a bulk request.", {
    op: "delete",
    id: "019c2f80-1d6f-7a52-8e0b-3c4d5e6f7a8b",
    version: 3
  })
)
export type TaskOperation = typeof TaskOperation.Type

export const TaskBulk = Schema.Struct({
  operations: Schema.Array(TaskOperation)
    .check(
      Schema.isMinLength(1, { code: "too_few", params: { min: 1 }, message: "Must have at least 1 entry" }),
      Schema.isMaxLength(100, { code: "too_many", params: { max: 100 }, message: "Must have at most 100 entries" })
    )
    .pipe(described("Up to 100 operations. The server applies all of them in this order, or none."))
}).pipe(
  named("TaskBulk", "Operations to apply together.", {
    operations: [
      { op: "create", task: { title: "Buy bread" } },
      { op: "update", id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e", change: { status: "completed" } },
      { op: "delete", id: "019c2f80-1d6f-7a52-8e0b-3c4d5e6f7a8b", version: 3 }
    ]
  })
)
export type TaskBulk = typeof TaskBulk.Type

export const TaskBulkResult = Schema.Struct({
  results: Schema.Array(Schema.NullOr(Task)).pipe(
    described("One entry per operation, in the same order: the task as it is now, or `null` for a deleted one.")
  )
}).pipe(named("TaskBulkResult", "The result of a bulk request.", { results: [taskExample, null] }))
export type TaskBulkResult = typeof TaskBulkResult.Type
