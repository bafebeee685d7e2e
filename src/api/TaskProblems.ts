import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { Task } from "../domain/Task.ts"
import { members } from "./Problem.ts"

export class TaskNotFound extends HttpApiError.Problem<TaskNotFound>()(
  "TaskNotFound",
  { type: "urn:tasks:task-not-found", status: 404, title: "There is no such task" },
  members("TASK_NOT_FOUND", "You have no task with this id.")
) {}

/** Which operation of a bulk it was, counted from 0. */
const index = { index: Schema.optionalKey(Schema.Int) }

export class TaskExists extends HttpApiError.Problem<TaskExists>()(
  "TaskExists",
  { type: "urn:tasks:task-exists", status: 409, title: "There is such a task already" },
  { ...members("TASK_EXISTS", "You already have a task with this id: see current."), ...index, current: Task }
) {}

export class TaskChanged extends HttpApiError.Problem<TaskChanged>()(
  "TaskChanged",
  { type: "urn:tasks:task-changed", status: 412, title: "The task has changed meanwhile" },
  {
    ...members("TASK_CHANGED", "The task has another version than If-Match names: see current."),
    ...index,
    current: Task
  }
) {}
