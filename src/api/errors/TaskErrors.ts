import { Schema } from "effect"
import { described } from "../../domain/Description.ts"
import { Task } from "../../domain/Task.ts"
import { ApiError } from "./ApiError.ts"
import { alreadyExists, versionConflict } from "./ResourceErrors.ts"

export class TaskNotFound extends ApiError<TaskNotFound>()("TaskNotFound", {
  status: 404,
  title: "Not found",
  detail: "You have no task with this id. It may be in the trash: see GET /api/trash."
}) {}

const index = Schema.optionalKey(Schema.Int).pipe(described("In a bulk request, the failed operation, counted from 0."))

const exists = alreadyExists("task", Task)
const conflict = versionConflict("task", Task)
const in_trash = Schema.optionalKey(Schema.Literal(true)).pipe(described("Present when the task is in the trash."))

export class TaskAlreadyExists extends ApiError<TaskAlreadyExists>()("TaskAlreadyExists", {
  ...exists,
  fields: { index, ...exists.fields, in_trash }
}) {
  static inTrash(members: { readonly current: Task; readonly index?: number }) {
    const restore = `POST /api/tasks/${members.current.id}/restore`
    return new TaskAlreadyExists({
      ...members,
      in_trash: true,
      detail: `A task with this id is in the trash. Restore it with ${restore}, or send another id.`
    })
  }
}

export class TaskVersionConflict extends ApiError<TaskVersionConflict>()("TaskVersionConflict", {
  ...conflict,
  fields: { index, ...conflict.fields }
}) {}
