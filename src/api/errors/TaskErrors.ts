import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { Task } from "../../domain/Task.ts"
import { problemFields } from "./ProblemFields.ts"

export class TaskNotFound extends HttpApiError.Problem<TaskNotFound>()(
  "TaskNotFound",
  { type: "urn:tasks:task-not-found", status: 404, title: "There is no such task" },
  problemFields("TASK_NOT_FOUND", "You have no task with this id.")
) {}

/** Which operation of a bulk it was, counted from 0. */
const index = { index: Schema.optionalKey(Schema.Int) }

export class TaskAlreadyExists extends HttpApiError.Problem<TaskAlreadyExists>()(
  "TaskAlreadyExists",
  { type: "urn:tasks:task-already-exists", status: 409, title: "There is such a task already" },
  {
    ...problemFields("TASK_ALREADY_EXISTS", "You already have a task with this id: see current."),
    ...index,
    current: Task
  }
) {}

export class TaskVersionConflict extends HttpApiError.Problem<TaskVersionConflict>()(
  "TaskVersionConflict",
  { type: "urn:tasks:task-version-conflict", status: 412, title: "The task has changed meanwhile" },
  {
    ...problemFields("TASK_VERSION_CONFLICT", "The task has another version than If-Match names: see current."),
    ...index,
    current: Task
  }
) {}
