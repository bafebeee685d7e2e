import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { TrashRepo } from "../../repositories/TrashRepo.ts"
import { toPage } from "../PaginationLinks.ts"
import { happened } from "../RequestContext.ts"
import { mapTaskErrors } from "./RepositoryErrors.ts"

export const TrashHandlers = HttpApiBuilder.group(
  Api,
  "trash",
  Effect.fnUntraced(function* (handlers) {
    const trash = yield* TrashRepo
    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query, request }) {
        const { id } = yield* CurrentUser
        return toPage(request.url, query, yield* trash.list(id, query))
      }),

      restore: Effect.fnUntraced(function* ({ params }) {
        const { id } = yield* CurrentUser
        const task = yield* mapTaskErrors(trash.restore(id, params.task_id))
        yield* happened("task restored", { task_id: task.id })
        return task
      }),

      remove: Effect.fnUntraced(function* ({ params }) {
        const { id } = yield* CurrentUser
        yield* mapTaskErrors(trash.remove(id, params.task_id))
        yield* happened("task purged", { task_id: params.task_id })
      })
    })
  })
)
