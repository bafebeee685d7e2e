import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Task, TaskCreate, TaskId, TaskMove, TaskUpdate } from "../domain/Task.ts"
import { TaskBulk, TaskBulkResult } from "../domain/TaskBulk.ts"
import { TaskQuery } from "../domain/TaskQuery.ts"
import { Authorization } from "./Authorization.ts"
import { Idempotency, idempotencyKey } from "./Idempotency.ts"
import { BodyRules, Validation } from "./Input.ts"
import { IsSlow } from "./Pace.ts"
import { costs, RateLimit } from "./RateLimit.ts"
import { created, ifMatch, ifNoneMatch, NotModified, page, patchOf, tagged } from "./Resource.ts"
import { TaskChanged, TaskExists, TaskNotFound } from "./TaskProblems.ts"

const path = "/api/tasks"
const params = { task_id: TaskId }
const change = {
  params,
  headers: ifMatch,
  payload: patchOf(TaskUpdate),
  success: tagged(Task),
  error: [TaskNotFound, TaskChanged]
} as const

export class TasksApi extends HttpApiGroup.make("tasks")
  .add(
    HttpApiEndpoint.get("list", path, { query: TaskQuery, success: page(Task) })
      .middleware(Validation)
      .annotateMerge(OpenApi.annotations({ identifier: "listTasks", summary: "List your tasks" }))
  )
  .add(
    HttpApiEndpoint.post("create", path, {
      headers: idempotencyKey,
      payload: TaskCreate,
      success: created(Task, path),
      error: TaskExists
    })
      .middleware(Validation)
      .middleware(Idempotency)
      .middleware(BodyRules)
      .annotateMerge(OpenApi.annotations({ identifier: "createTask", summary: "Create a task" }))
  )
  .add(
    HttpApiEndpoint.get("get", `${path}/:task_id`, {
      params,
      headers: ifNoneMatch,
      success: [tagged(Task), NotModified],
      error: TaskNotFound
    })
      .middleware(Validation)
      .annotateMerge(OpenApi.annotations({ identifier: "getTask", summary: "Get a task" }))
  )
  .add(
    HttpApiEndpoint.patch("update", `${path}/:task_id`, change)
      .middleware(Validation)
      .middleware(BodyRules)
      .annotateMerge(OpenApi.annotations({ identifier: "updateTask", summary: "Change some fields of a task" }))
  )
  .add(
    HttpApiEndpoint.put("put", `${path}/:task_id`, change)
      .middleware(Validation)
      .middleware(BodyRules)
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
      error: [TaskNotFound, TaskChanged]
    })
      .middleware(Validation)
      .annotateMerge(OpenApi.annotations({ identifier: "removeTask", summary: "Put a task into the trash" }))
  )
  .add(
    HttpApiEndpoint.post("move", `${path}/:task_id/move`, {
      params,
      headers: { ...ifMatch, ...idempotencyKey },
      payload: TaskMove,
      success: tagged(Task),
      error: [TaskNotFound, TaskChanged]
    })
      .middleware(Validation)
      .middleware(Idempotency)
      .middleware(BodyRules)
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
      error: [TaskExists, TaskChanged]
    })
      .middleware(Validation)
      .middleware(Idempotency)
      .middleware(BodyRules)
      .annotate(IsSlow, true)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "bulkTasks",
          summary: "Create, change and delete many tasks, all or none",
          description: "The problem of the first operation that cannot be made names it, and nothing is changed."
        })
      )
      .annotateMerge(costs(10))
  )
  .middleware(RateLimit)
  .middleware(Authorization) {}
