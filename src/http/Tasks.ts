import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../api/Api.ts"
import { CurrentUser } from "../api/Authorization.ts"
import type { TaskId, TaskUpdate } from "../domain/Task.ts"
import type { Versions } from "../domain/Version.ts"
import { TaskRepo } from "../repo/TaskRepo.ts"
import { unlessHeld } from "./Conditions.ts"
import { toPage } from "./Pages.ts"

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
      list: Effect.fnUntraced(function* ({ query, request }) {
        const { id } = yield* CurrentUser
        return toPage(request.url, query, yield* tasks.list(id, query))
      }),

      get: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        return unlessHeld(headers, yield* tasks.find(id, params.task_id))
      }),

      create: Effect.fnUntraced(function* ({ payload }) {
        const { id } = yield* CurrentUser
        return yield* tasks.create(id, payload)
      }),

      update,
      put: update,

      move: Effect.fnUntraced(function* ({ headers, params, payload }) {
        const { id } = yield* CurrentUser
        return yield* tasks.move(id, params.task_id, payload, headers["if-match"])
      }),

      bulk: Effect.fnUntraced(function* ({ payload }) {
        const { id } = yield* CurrentUser
        return { results: yield* tasks.bulk(id, payload.operations) }
      }),

      remove: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        yield* tasks.remove(id, params.task_id, headers["if-match"])
      })
    })
  })
)
