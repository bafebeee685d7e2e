import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { PlainQuery } from "../domain/Page.ts"
import { Task, TaskId, TrashedTask } from "../domain/Task.ts"
import { Authorization } from "./Authorization.ts"
import { Idempotency, idempotencyKey } from "./Idempotency.ts"
import { Validation } from "./Input.ts"
import { RateLimit } from "./RateLimit.ts"
import { page, tagged } from "./Resource.ts"
import { TaskNotFound } from "./TaskProblems.ts"

const params = { task_id: TaskId }

export class TrashApi extends HttpApiGroup.make("trash")
  .add(
    HttpApiEndpoint.get("list", "/api/trash", { query: PlainQuery, success: page(TrashedTask) })
      .middleware(Validation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "listTrash",
          summary: "List the tasks in your trash",
          description: "Last put away first. After thirty days they are gone."
        })
      )
  )
  .add(
    HttpApiEndpoint.post("restore", "/api/tasks/:task_id/restore", {
      params,
      headers: idempotencyKey,
      success: tagged(Task),
      error: TaskNotFound
    })
      .middleware(Validation)
      .middleware(Idempotency)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "restoreTask",
          summary: "Take a task out of the trash",
          description: "It comes back with everything it had, to the place it had."
        })
      )
  )
  .add(
    HttpApiEndpoint.delete("remove", "/api/trash/:task_id", { params, error: TaskNotFound })
      .middleware(Validation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "purgeTask",
          summary: "Delete a task in the trash for good",
          description: "Nothing is left of it. A task that is not in the trash is 404."
        })
      )
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Tasks that were put away, for thirty days.") {}
