import { Effect } from "effect"
import { HttpApiSchema } from "effect/http-api"
import type { Groups } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { AccountRepo } from "../../repositories/AccountRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"

export const exportHandlers = Effect.map(
  AccountRepo,
  (account): GroupHandlers<Groups["export"]> => ({
    get: Effect.fnUntraced(function* () {
      const { id } = yield* CurrentUser
      return HttpApiSchema.withHeaders({
        body: yield* account.streamAll(id),
        headers: { "content-disposition": "attachment; filename=tasks.ndjson" as const }
      })
    })
  })
)
