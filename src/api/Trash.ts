import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { described } from "../domain/Description.ts"
import { listQuery } from "../domain/Pagination.ts"
import { Task, TaskId, TrashedTask } from "../domain/Task.ts"
import { TaskNotFound, TaskVersionConflict } from "./errors/ResourceErrors.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { countCost, rateLimitCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"
import { ifMatch, pageResponse, withETag } from "./schemas/ResponseSchemas.ts"

const params = { task_id: TaskId.pipe(described("Identifies the task.")) }

export class TrashApi extends HttpApiGroup.make("trash")
  .add(
    HttpApiEndpoint.get("list", "/api/trash", { query: listQuery("trash"), success: pageResponse(TrashedTask) })
      .annotateMerge(rateLimitCost(1, countCost))
      .annotateMerge(
        operation(
          "listTrash",
          "List your trash",
          "Last deleted first. The server deletes a task permanently after thirty days."
        )
      ),
    HttpApiEndpoint.post("restore", "/api/tasks/:task_id/restore", {
      params,
      headers: { ...ifMatch, ...idempotencyKey },
      success: withETag(Task),
      error: [TaskNotFound, TaskVersionConflict]
    })
      .middleware(Idempotency)
      .annotateMerge(
        operation("restoreTask", "Restore a task", "Takes the task out of the trash, with all its fields.")
      ),
    HttpApiEndpoint.delete("remove", "/api/trash/:task_id", {
      params,
      headers: ifMatch,
      error: [TaskNotFound, TaskVersionConflict]
    }).annotateMerge(
      operation(
        "purgeTask",
        "Delete a task permanently",
        "Deletes a task in the trash. A task that is not in the trash is 404."
      )
    )
  )
  .annotate(OpenApi.Description, "Deleted tasks, for thirty days.") {}
