import { Schema } from "effect"
import { Line, Text, TrimmedLine } from "./Text.ts"
import { Timestamp } from "./Timestamp.ts"
import { UserId } from "./User.ts"
import { Version } from "./Version.ts"

export const TaskId = Schema.String.check(Schema.isUUID(undefined, { code: "format", message: "Must be a UUID" })).pipe(
  Schema.brand("TaskId")
)
export type TaskId = typeof TaskId.Type

export const TaskStatus = Schema.Literals(["pending", "in_progress", "completed"])
export type TaskStatus = typeof TaskStatus.Type

const titleLength = 200
const Description = Schema.NullOr(Text(2000))

/** A task as it is stored and sent: the row and the JSON are the same thing. */
export const Task = Schema.Struct({
  id: TaskId,
  title: Line(titleLength),
  description: Description,
  status: TaskStatus,
  version: Version,
  user_id: UserId,
  created_at: Timestamp,
  updated_at: Timestamp
}).annotate({ identifier: "Task" })
export type Task = typeof Task.Type

/** A client may bring the id, so that it can make tasks offline and repeat a lost request. */
export const TaskCreate = Schema.Struct({
  id: Schema.optionalKey(TaskId),
  title: TrimmedLine(titleLength),
  description: Schema.optionalKey(Description),
  status: Schema.optionalKey(TaskStatus)
}).annotate({ identifier: "TaskCreate" })
export type TaskCreate = typeof TaskCreate.Type

/** Absent means unchanged; `null` clears what can be empty (RFC 7396). */
export const TaskUpdate = Schema.Struct({
  title: Schema.optionalKey(TrimmedLine(titleLength)),
  description: Schema.optionalKey(Description),
  status: Schema.optionalKey(TaskStatus)
}).annotate({ identifier: "TaskUpdate" })
export type TaskUpdate = typeof TaskUpdate.Type
