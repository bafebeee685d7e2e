import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { TrashRepo } from "../../repositories/TrashRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { recordAuditEvent } from "../pipeline/RequestContext.ts"
import { toPage } from "./PaginationLinks.ts"
import { mapErrors, taskErrors } from "./RepositoryErrors.ts"

export const trashHandlers = Effect.map(
  TrashRepo,
  (trash): GroupHandlers<Groups["trash"]> => ({
    list: Effect.fnUntraced(function* ({ query, request }) {
      const { id } = yield* CurrentUser
      return toPage("trash", request.url, query, yield* trash.list(id, query))
    }),

    restore: Effect.fnUntraced(function* ({ headers, params }) {
      const { id } = yield* CurrentUser
      const task = yield* mapErrors(taskErrors)(trash.restore(id, params.task_id, headers["if-match"]))
      yield* recordAuditEvent("task restored", { task_id: task.id })
      return task
    }),

    remove: Effect.fnUntraced(function* ({ headers, params }) {
      const { id } = yield* CurrentUser
      yield* mapErrors(taskErrors)(trash.remove(id, params.task_id, headers["if-match"]))
      yield* recordAuditEvent("task purged", { task_id: params.task_id })
    })
  })
)
