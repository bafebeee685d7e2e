import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { ValidationFailed } from "../../api/errors/CommonErrors.ts"
import { SyncResetRequired } from "../../api/errors/SyncErrors.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { belongsTo, encodeCursor } from "../../domain/Change.ts"
import { ChangesRepo } from "../../repositories/ChangesRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"

const foreignCursor = new ValidationFailed({
  errors: [{ pointer: "/query/cursor", code: "cursor", message: "Must be a cursor of the same user" }]
})

export const changesHandlers = Effect.map(
  ChangesRepo,
  (repo): GroupHandlers<Groups["changes"]> => ({
    list: Effect.fnUntraced(function* ({ query: { cursor, limit } }) {
      const { id } = yield* CurrentUser
      if (cursor !== undefined && !belongsTo(id, cursor)) return yield* foreignCursor
      const { changes, has_more, position } = yield* Effect.mapError(
        repo.read(id, cursor, limit),
        () => new SyncResetRequired({})
      )
      return { changes, cursor: encodeCursor(id, position), has_more }
    })
  })
)
