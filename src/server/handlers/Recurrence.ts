import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { nextDate, preview } from "../../recurrence/Occurrences.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { neverRecurs } from "./RepositoryErrors.ts"

export const recurrenceHandlers: GroupHandlers<Groups["recurrence"]> = {
  preview: ({ payload }) =>
    nextDate(payload.rrule, payload.due.date) === undefined
      ? Effect.fail(neverRecurs("/body/rrule"))
      : Effect.succeed(preview(payload))
}
