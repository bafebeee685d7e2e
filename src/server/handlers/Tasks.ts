import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { TaskId, TaskUpdate } from "../../domain/Task.ts"
import type { VersionMatch } from "../../domain/Version.ts"
import { TaskRepo } from "../../repositories/TaskRepo.ts"
import { unlessHeld } from "../Conditions.ts"
import { toPage } from "../PaginationLinks.ts"
import { happened } from "../RequestContext.ts"
import { mapBulkErrors, mapTaskErrors } from "./RepositoryErrors.ts"

interface Change {
  readonly params: { readonly task_id: TaskId }
  readonly headers: { readonly "if-match"?: VersionMatch }
  readonly payload: TaskUpdate
}

export const TasksHandlers = HttpApiBuilder.group(
  Api,
  "tasks",
  Effect.fnUntraced(function* (handlers) {
    const tasks = yield* TaskRepo

    const update = Effect.fnUntraced(function* ({ headers, params, payload }: Change) {
      const { id } = yield* CurrentUser
      const task = yield* mapTaskErrors(tasks.update(id, params.task_id, payload, headers["if-match"]))
      yield* happened("task updated", { task_id: task.id })
      return task
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query, request }) {
        const { id } = yield* CurrentUser
        return toPage(request.url, query, yield* tasks.list(id, query))
      }),

      get: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        return unlessHeld(headers, yield* mapTaskErrors(tasks.find(id, params.task_id)))
      }),

      create: Effect.fnUntraced(function* ({ payload }) {
        const { id } = yield* CurrentUser
        const task = yield* mapTaskErrors(tasks.create(id, payload))
        yield* happened("task created", { task_id: task.id })
        return task
      }),

      update,
      put: update,

      move: Effect.fnUntraced(function* ({ headers, params, payload }) {
        const { id } = yield* CurrentUser
        const task = yield* mapTaskErrors(tasks.move(id, params.task_id, payload, headers["if-match"]))
        yield* happened("task moved", { task_id: task.id })
        return task
      }),

      bulk: Effect.fnUntraced(function* ({ payload }) {
        const { id } = yield* CurrentUser
        const results = yield* mapBulkErrors(payload.operations)(tasks.bulk(id, payload.operations))
        const ids = payload.operations.flatMap((operation, n) =>
          "id" in operation ? operation.id : (results[n]?.id ?? [])
        )
        yield* happened("tasks changed", { task_ids: ids })
        return { results }
      }),

      remove: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        yield* mapTaskErrors(tasks.remove(id, params.task_id, headers["if-match"]))
        yield* happened("task deleted", { task_id: params.task_id })
      })
    })
  })
)
