import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../api/Api.ts"
import { CurrentUser } from "../api/Authorization.ts"
import type { TaskId, TaskUpdate } from "../domain/Task.ts"
import { names, type Versions } from "../domain/Version.ts"
import { TaskRepo } from "../repo/TaskRepo.ts"
import { nextPage } from "./Pages.ts"

interface Change {
  readonly params: { readonly task_id: TaskId }
  readonly headers: { readonly "if-match"?: Versions }
  readonly payload: TaskUpdate
}

export const TasksHandlers = HttpApiBuilder.group(
  Api,
  "tasks",
  Effect.fnUntraced(function* (handlers) {
    const tasks = yield* TaskRepo

    const update = Effect.fnUntraced(function* ({ headers, params, payload }: Change) {
      const { id } = yield* CurrentUser
      return yield* tasks.update(id, params.task_id, payload, headers["if-match"])
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ endpoint, query }) {
        const { id } = yield* CurrentUser
        const page = yield* tasks.list(id, query)
        return { items: page.items, next: nextPage(endpoint.path, query, page), total: page.total }
      }),

      get: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        const task = yield* tasks.find(id, params.task_id)
        const held = headers["if-none-match"]
        return held !== undefined && names(held, task.version) ? { not_modified: task.version } : task
      }),

      create: Effect.fnUntraced(function* ({ payload }) {
        const { id } = yield* CurrentUser
        return yield* tasks.create(id, payload)
      }),

      update,
      put: update,

      remove: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        yield* tasks.remove(id, params.task_id, headers["if-match"])
      })
    })
  })
)
