import { Clock, Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { ErasureNotConfirmed } from "../../api/errors/AccountErrors.ts"
import { Unauthorized } from "../../api/errors/CommonErrors.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { ChangeHub } from "../../events/ChangeHub.ts"
import { AccountRepo } from "../../repositories/AccountRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { recordAuditEvent } from "../pipeline/RequestContext.ts"

/** In seconds. A client whose token is older gets a new one and repeats the request. */
const maxTokenAge = 300

/** Seconds until a client repeats the request for a large account. */
const retryAfter = "5"

const tokenTooOld = new Unauthorized({
  code: "TOKEN_EXPIRED",
  detail:
    "Erasing an account needs a token whose iat is less than 5 minutes ago. Get a new token and repeat the request."
})

export const accountHandlers = Effect.gen(function* () {
  const [account, hub] = [yield* AccountRepo, yield* ChangeHub]
  const handlers: GroupHandlers<Groups["account"]> = {
    erase: Effect.fnUntraced(function* ({ query: { confirm } }) {
      const { id, issued_at = 0 } = yield* CurrentUser
      if ((yield* Clock.currentTimeMillis) / 1000 - issued_at > maxTokenAge) return yield* tokenTooOld
      if (confirm !== id) return yield* new ErasureNotConfirmed({})
      const isErased = yield* account.erase(id)
      if (isErased) hub.erased(id)
      yield* recordAuditEvent(isErased ? "account erased" : "account being erased", {})
      return isErased ? undefined : { retry_after: retryAfter }
    })
  }
  return handlers
})
