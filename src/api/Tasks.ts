import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { described } from "../domain/Description.ts"
import { listQuery } from "../domain/Pagination.ts"
import { ParsedTask, TaskText } from "../domain/QuickAdd.ts"
import { CompletionsQuery, Occurrences, RecurrencePreview, TaskCompletion } from "../domain/Recurrence.ts"
import { Task, TaskCreate, TaskId, TaskMove, TaskUpdate, TrashedTask } from "../domain/Task.ts"
import { TaskBulk, TaskBulkResult } from "../domain/TaskBulk.ts"
import { TaskQuery } from "../domain/TaskQuery.ts"
import { crudEndpoints } from "./CrudEndpoints.ts"
import { TaskAlreadyExists, TaskNotFound, TaskVersionConflict } from "./errors/ResourceErrors.ts"
import { BodyLimits } from "./middleware/BodyLimits.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { countCost, rateLimitCost, searchCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"
import { ifMatch, pageResponse, withETag } from "./schemas/ResponseSchemas.ts"

const params = { task_id: TaskId.pipe(described("Identifies the task.")) }

export class TasksApi extends HttpApiGroup.make("tasks")
  .add(
    ...crudEndpoints({
      name: "task",
      id: TaskId,
      query: TaskQuery,
      queryCosts: { ...countCost, ...searchCost },
      row: Task,
      create: TaskCreate,
      update: TaskUpdate,
      notFound: TaskNotFound,
      alreadyExists: TaskAlreadyExists,
      versionConflict: TaskVersionConflict,
      refused: [],
      descriptions: {
        list: "Newest first unless `sort` is given, without the trash. A task must match all filters.",
        create:
          "You may send the id, to create tasks offline and to repeat a lost request: an id that you already use is 409 with the task that has it.",
        remove: "Moves the task to the trash, from which it can be restored for thirty days."
      }
    }),
    HttpApiEndpoint.post("move", "/api/tasks/:task_id/move", {
      params,
      headers: { ...ifMatch, ...idempotencyKey },
      payload: TaskMove,
      success: withETag(Task),
      error: [TaskNotFound, TaskVersionConflict]
    })
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotateMerge(
        operation(
          "moveTask",
          "Move a task before or after another",
          "Changes the user's own order, which `sort=position` lists. Only the moved task changes."
        )
      ),
    HttpApiEndpoint.get("completions", "/api/tasks/:task_id/completions", {
      params,
      query: CompletionsQuery,
      success: pageResponse(TaskCompletion),
      error: TaskNotFound
    })
      .annotateMerge(rateLimitCost(1, countCost))
      .annotateMerge(
        operation(
          "listCompletions",
          "List the completed occurrences of a task",
          "Last completed first. A task that does not recur has none."
        )
      ),
    HttpApiEndpoint.post("parse", "/api/tasks/parse", { payload: TaskText, success: ParsedTask })
      .middleware(BodyLimits)
      .annotateMerge(
        operation(
          "parseTask",
          "Parse a task from text",
          "Finds due date, recurrence, priority (`!high`), project (`#name`) and tags (`@name`) in text that a user wrote. Creates nothing."
        )
      ),
    HttpApiEndpoint.post("bulk", "/api/tasks/bulk", {
      headers: idempotencyKey,
      payload: TaskBulk,
      success: TaskBulkResult,
      error: [TaskAlreadyExists, TaskVersionConflict]
    })
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotateMerge(
        operation(
          "bulkTasks",
          "Create, update and delete tasks together",
          "Applies up to 100 operations atomically and in order. If one fails, nothing changes and `index` in the error names the operation."
        )
      )
      .annotateMerge(rateLimitCost(10))
  )
  .annotate(OpenApi.Description, "Tasks. Each belongs to the user who created it.") {}

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

export class RecurrenceApi extends HttpApiGroup.make("recurrence")
  .add(
    HttpApiEndpoint.post("preview", "/api/recurrence/preview", { payload: RecurrencePreview, success: Occurrences })
      .middleware(BodyLimits)
      .annotateMerge(
        operation("previewRecurrence", "Preview a rule", "Lists the first occurrences of a rule. Changes nothing.")
      )
  )
  .annotate(OpenApi.Description, "Rules of recurring tasks.") {}
