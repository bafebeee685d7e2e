import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { SyncResetRequired } from "../../api/errors/SyncErrors.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { belongsTo, encodeCursor } from "../../domain/Change.ts"
import { ChangesRepo } from "../../repositories/ChangesRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { invalid } from "./RepositoryErrors.ts"

const foreignCursor = invalid("/query/cursor", "cursor", "Must be a cursor of the same user")

export const changesHandlers = Effect.map(
  ChangesRepo,
  (repo): GroupHandlers<Groups["changes"]> => ({
    list: Effect.fnUntraced(function* ({ query: { cursor, limit } }) {
      const { id } = yield* CurrentUser
      if (cursor !== undefined && !belongsTo(id, cursor)) return yield* foreignCursor
      const read = Effect.mapError(repo.read(id, cursor, limit), () => new SyncResetRequired({}))
      const { changes, has_more, position } = yield* read
      return { changes, cursor: encodeCursor(id, position), has_more }
    })
  })
)
