import { Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { TaskCreate } from "effect-tasks/api"
import { EffectClient } from "effect-tasks/effect"

/** What a program in Effect does with the client. Returns what it saw. */
export const use = (baseUrl: string, token: string) =>
  Effect.gen(function* () {
    const { tasks } = yield* EffectClient
    const task = yield* tasks.create({ headers: {}, payload: TaskCreate.make({ title: "Buy milk" }) })
    const changed = yield* tasks
      .update({
        params: { task_id: task.id },
        headers: { "if-match": [7] },
        payload: { status: "completed" }
      })
      .pipe(Effect.catchTag("TaskVersionConflict", ({ current }) => Effect.succeed(current)))
    return changed.title
  }).pipe(
    Effect.provide(
      EffectClient.layer({ baseUrl, token: Effect.succeed(token) }).pipe(Layer.provide(FetchHttpClient.layer))
    ),
    Effect.runPromise
  )
