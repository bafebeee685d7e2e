import { Effect } from "effect"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { TasksApi } from "../../api/Tasks.ts"
import { TaskRepo } from "../../repositories/TaskRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { recordAuditEvent } from "../pipeline/RequestContext.ts"
import { crudHandlers } from "./CrudHandlers.ts"

export const tasksHandlers = Effect.map(
  TaskRepo,
  (tasks): GroupHandlers<typeof TasksApi> => ({
    ...crudHandlers("task", tasks),

    move: Effect.fnUntraced(function* ({ headers, params, payload }) {
      const { id } = yield* CurrentUser
      const task = yield* tasks.move(id, params.task_id, payload, headers["if-match"])
      yield* recordAuditEvent("task moved", { task_id: task.id })
      return task
    }),

    bulk: Effect.fnUntraced(function* ({ payload }) {
      const { id } = yield* CurrentUser
      const results = yield* tasks.bulk(id, payload.operations)
      const task_ids = payload.operations.flatMap((operation, n) =>
        "id" in operation ? operation.id : (results[n]?.id ?? [])
      )
      yield* recordAuditEvent("tasks changed", { task_ids })
      return { results }
    })
  })
)
