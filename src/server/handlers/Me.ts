import { Effect } from "effect"
import type { MeApi } from "../../api/Me.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"

export const meHandlers: GroupHandlers<typeof MeApi> = {
  get: () => Effect.map(CurrentUser, ({ issued_at: _, ...user }) => user)
}
