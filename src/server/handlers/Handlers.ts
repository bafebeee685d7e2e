import { Context, Effect, Layer } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { type Groups, version } from "../../api/Api.ts"
import { NotReady } from "../../api/errors/CommonErrors.ts"
import { SyncResetRequired } from "../../api/errors/SyncErrors.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { belongsTo, encodeCursor } from "../../domain/Change.ts"
import { nextDate, preview } from "../../recurrence/Occurrences.ts"
import { AccountRepo } from "../../repositories/AccountRepo.ts"
import { ChangesRepo } from "../../repositories/ChangesRepo.ts"
import { ProjectRepo } from "../../repositories/ProjectRepo.ts"
import { TagRepo } from "../../repositories/TagRepo.ts"
import type { ApiHandlers } from "../compiler/Handlers.ts"
import { Readiness } from "../Readiness.ts"
import { accountHandlers } from "./Account.ts"
import { crudHandlers } from "./CrudHandlers.ts"
import { eventsHandlers } from "./Events.ts"
import { invalid, neverRecurs, projectErrors, tagErrors } from "./RepositoryErrors.ts"
import { tasksHandlers } from "./Tasks.ts"
import { trashHandlers } from "./Trash.ts"

export class Handlers extends Context.Service<Handlers, ApiHandlers<Groups[keyof Groups]>>()("tasks/server/Handlers") {
  static readonly layer = Layer.effect(
    Handlers,
    Effect.gen(function* () {
      const [account, feed, readiness] = [yield* AccountRepo, yield* ChangesRepo, yield* Readiness]
      const health = () =>
        Effect.flatMap(readiness.checks, (checks) =>
          Object.values(checks).some(({ status }) => status === "failing")
            ? Effect.fail(new NotReady({ checks }))
            : Effect.succeed({ status: "ok" as const, version, checks })
        )
      return Handlers.of({
        tasks: yield* tasksHandlers,
        trash: yield* trashHandlers,
        projects: crudHandlers("project", yield* ProjectRepo, projectErrors),
        tags: crudHandlers("tag", yield* TagRepo, tagErrors),
        account: yield* accountHandlers,
        events: yield* eventsHandlers,
        changes: {
          list: Effect.fnUntraced(function* ({ query: { cursor, limit } }) {
            const { id } = yield* CurrentUser
            if (cursor !== undefined && !belongsTo(id, cursor)) {
              return yield* invalid("/query/cursor", "cursor", "Must be a cursor of the same user")
            }
            const read = Effect.mapError(feed.read(id, cursor, limit), () => new SyncResetRequired({}))
            const { changes, has_more, position } = yield* read
            return { changes, cursor: encodeCursor(id, position), has_more }
          })
        },
        recurrence: {
          preview: ({ payload }) =>
            nextDate(payload.rrule, payload.due.date) === undefined
              ? Effect.fail(neverRecurs("/body/rrule"))
              : Effect.succeed(preview(payload))
        },
        export: {
          get: Effect.fnUntraced(function* () {
            const { id } = yield* CurrentUser
            return HttpApiSchema.withHeaders({
              body: yield* account.streamAll(id),
              headers: { "content-disposition": "attachment; filename=tasks.ndjson" as const }
            })
          })
        },
        me: { get: () => Effect.map(CurrentUser, ({ issued_at: _, ...user }) => user) },
        health: { get: health, ready: health, live: () => Effect.succeed({ status: "ok" as const }) }
      })
    })
  )
}
