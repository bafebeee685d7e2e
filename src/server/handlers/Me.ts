import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"

export const meHandlers: GroupHandlers<Groups["me"]> = {
  get: () => Effect.map(CurrentUser, ({ issued_at: _, ...user }) => user)
}
