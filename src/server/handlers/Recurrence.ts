import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { NeverRecurs } from "../../domain/Errors.ts"
import { nextDate, preview } from "../../recurrence/Occurrences.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { mapErrors, recurrenceErrors } from "./RepositoryErrors.ts"

export const recurrenceHandlers: GroupHandlers<Groups["recurrence"]> = {
  preview: ({ payload }) =>
    nextDate(payload.rrule, payload.due.date) === undefined
      ? mapErrors(recurrenceErrors)(Effect.fail(new NeverRecurs()))
      : Effect.succeed(preview(payload))
}
