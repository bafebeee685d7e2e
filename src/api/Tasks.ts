import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Task, TaskCreate, TaskId, TaskMove, TaskUpdate } from "../domain/Task.ts"
import { TaskBulk, TaskBulkResult } from "../domain/TaskBulk.ts"
import { TaskQuery } from "../domain/TaskQuery.ts"
import { TaskAlreadyExists, TaskNotFound, TaskVersionConflict } from "./errors/TaskErrors.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { RateLimit, rateLimitCost } from "./middleware/RateLimit.ts"
import { BodyLimits, RequestValidation } from "./middleware/RequestValidation.ts"
import { IsSlow } from "./Pace.ts"
import {
  createdResponse,
  ifMatch,
  ifNoneMatch,
  mergePatch,
  NotModified,
  pageResponse,
  withETag
} from "./schemas/ResponseSchemas.ts"

const path = "/api/tasks"
const params = { task_id: TaskId }
const change = {
  params,
  headers: ifMatch,
  payload: mergePatch(TaskUpdate),
  success: withETag(Task),
  error: [TaskNotFound, TaskVersionConflict]
} as const

export class TasksApi extends HttpApiGroup.make("tasks")
  .add(
    HttpApiEndpoint.get("list", path, { query: TaskQuery, success: pageResponse(Task) })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "listTasks",
          summary: "List your tasks",
          description:
            "Newest first where `sort` does not say otherwise; tasks in the trash are left out. All filters must match."
        })
      )
  )
  .add(
    HttpApiEndpoint.post("create", path, {
      headers: idempotencyKey,
      payload: TaskCreate,
      success: createdResponse(Task, path),
      error: TaskAlreadyExists
    })
      .middleware(RequestValidation)
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "createTask",
          summary: "Create a task",
          description:
            "The id may come from you, so that a task can be made offline and a lost request be repeated: an id you have already is 409, with the task that has it."
        })
      )
  )
  .add(
    HttpApiEndpoint.get("get", `${path}/:task_id`, {
      params,
      headers: ifNoneMatch,
      success: [withETag(Task), NotModified],
      error: TaskNotFound
    })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "getTask",
          summary: "Get a task",
          description: "With its version as the `ETag`, which the next change can be meant for."
        })
      )
  )
  .add(
    HttpApiEndpoint.patch("update", `${path}/:task_id`, change)
      .middleware(RequestValidation)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "updateTask",
          summary: "Change some fields of a task",
          description:
            "Fields that are absent stay as they are, `null` clears (RFC 7396). With `If-Match` the change is made only to that version: another one is 412, with the task as it is now."
        })
      )
  )
  .add(
    HttpApiEndpoint.put("put", `${path}/:task_id`, change)
      .middleware(RequestValidation)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "putTask",
          summary: "Change some fields of a task",
          description: "The same as PATCH: fields that are absent stay as they are."
        })
      )
  )
  .add(
    HttpApiEndpoint.delete("remove", `${path}/:task_id`, {
      params,
      headers: ifMatch,
      error: [TaskNotFound, TaskVersionConflict]
    })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "removeTask",
          summary: "Put a task into the trash",
          description: "It can be taken out of the trash again for thirty days. `If-Match` counts here too."
        })
      )
  )
  .add(
    HttpApiEndpoint.post("move", `${path}/:task_id/move`, {
      params,
      headers: { ...ifMatch, ...idempotencyKey },
      payload: TaskMove,
      success: withETag(Task),
      error: [TaskNotFound, TaskVersionConflict]
    })
      .middleware(RequestValidation)
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotate(IsSlow, true)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "moveTask",
          summary: "Move a task before or after another",
          description: "Only the moved task changes. The order is that of `sort=position`."
        })
      )
  )
  .add(
    HttpApiEndpoint.post("bulk", `${path}/bulk`, {
      headers: idempotencyKey,
      payload: TaskBulk,
      success: TaskBulkResult,
      error: [TaskAlreadyExists, TaskVersionConflict]
    })
      .middleware(RequestValidation)
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotate(IsSlow, true)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "bulkTasks",
          summary: "Create, change and delete many tasks, all or none",
          description: "The problem of the first operation that cannot be made names it, and nothing is changed."
        })
      )
      .annotateMerge(rateLimitCost(10))
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "What there is to do. Every task belongs to the user who made it.") {}
