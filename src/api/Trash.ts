import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ListQuery } from "../domain/Pagination.ts"
import { Task, TaskId, TrashedTask } from "../domain/Task.ts"
import { TaskNotFound } from "./errors/TaskErrors.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { RateLimit } from "./middleware/RateLimit.ts"
import { RequestValidation } from "./middleware/RequestValidation.ts"
import { pageResponse, withETag } from "./schemas/ResponseSchemas.ts"

const params = { task_id: TaskId }

export class TrashApi extends HttpApiGroup.make("trash")
  .add(
    HttpApiEndpoint.get("list", "/api/trash", { query: ListQuery, success: pageResponse(TrashedTask) })
      .middleware(RequestValidation)
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
      success: withETag(Task),
      error: TaskNotFound
    })
      .middleware(RequestValidation)
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
      .middleware(RequestValidation)
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
