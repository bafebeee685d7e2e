import { Effect } from "effect"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { TasksApi } from "../../api/Tasks.ts"
import { TaskRepo } from "../../repositories/TaskRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { recordAuditEvent } from "../pipeline/RequestContext.ts"
import { crudHandlers } from "./CrudHandlers.ts"
import { bulkErrors, mapErrors, taskErrors } from "./RepositoryErrors.ts"

export const tasksHandlers = Effect.map(
  TaskRepo,
  (tasks): GroupHandlers<typeof TasksApi> => ({
    ...crudHandlers("task", tasks, taskErrors),

    move: Effect.fnUntraced(function* ({ headers, params, payload }) {
      const { id } = yield* CurrentUser
      const move = tasks.move(id, params.task_id, payload, headers["if-match"])
      const task = yield* mapErrors(taskErrors)(move)
      yield* recordAuditEvent("task moved", { task_id: task.id })
      return task
    }),

    bulk: Effect.fnUntraced(function* ({ payload }) {
      const { id } = yield* CurrentUser
      const results = yield* mapErrors(bulkErrors(payload.operations))(tasks.bulk(id, payload.operations))
      const task_ids = payload.operations.flatMap((operation, n) =>
        "id" in operation ? operation.id : (results[n]?.id ?? [])
      )
      yield* recordAuditEvent("tasks changed", { task_ids })
      return { results }
    })
  })
)
