import { Effect } from "effect"
import type { RecurrenceApi } from "../../api/Recurrence.ts"
import { NeverRecurs } from "../../domain/Errors.ts"
import { nextDate, preview } from "../../recurrence/Occurrences.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { mapErrors, recurrenceErrors } from "./RepositoryErrors.ts"

export const recurrenceHandlers: GroupHandlers<typeof RecurrenceApi> = {
  preview: ({ payload }) =>
    nextDate(payload.rrule, payload.due.date) === undefined
      ? mapErrors(recurrenceErrors)(Effect.fail(new NeverRecurs()))
      : Effect.succeed(preview(payload))
}
