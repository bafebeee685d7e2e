import { Schema } from "effect"
import { described, isInRange, named } from "./Description.ts"
import { Due, DueInput, isDate } from "./Due.ts"
import { paginatedQuery } from "./Pagination.ts"
import { Timestamp } from "./Timestamp.ts"
import { Version } from "./Version.ts"

const isWithin = (text: string, max: number) => {
  const value = Math.abs(Number(text))
  return value >= 1 && value <= max
}

const number = (max: number) => (text: string) => /^\d{1,4}$/.test(text) && isWithin(text, max)

/** A list of numbers, which count from the end if they are negative. */
const numbers = (max: number) => (text: string) =>
  text.split(",").every((part) => /^[+-]?\d{1,3}$/.test(part) && isWithin(part, max))

/** The parts of a rule and their values. A rule has days only: the time comes from the due date. */
const isValue: Readonly<Record<string, (text: string) => boolean>> = {
  FREQ: (text) => /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/.test(text),
  INTERVAL: number(999),
  COUNT: number(9999),
  UNTIL: (text) =>
    /^\d{8}(T([01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?$/.test(text) && isDate(text.replace(/^(....)(..)(..).*$/, "$1-$2-$3")),
  // The library finds a 53rd Monday in every year.
  BYDAY: (text) => text.split(",").every((part) => /^([+-]?([1-9]|[1-4]\d|5[0-2]))?(MO|TU|WE|TH|FR|SA|SU)$/.test(part)),
  BYMONTHDAY: numbers(31),
  BYMONTH: (text) => text.split(",").every(number(12)),
  BYYEARDAY: numbers(366),
  BYWEEKNO: numbers(53),
  BYSETPOS: numbers(366),
  WKST: (text) => /^(MO|TU|WE|TH|FR|SA|SU)$/.test(text)
}

const common = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"]

/** RFC 5545 has the other parts, and weekdays with a number, with some frequencies only. */
const partsWith: Readonly<Record<string, ReadonlyArray<string>>> = {
  DAILY: [...common, "BYMONTHDAY"],
  WEEKLY: common,
  MONTHLY: [...common, "BYMONTHDAY", "BYSETPOS"],
  YEARLY: Object.keys(isValue)
}

/** A yearly rule may use only one of these: the library ignores one of two. */
const selectsTwice = (parts: ReadonlyMap<string, string>) => {
  if (parts.get("FREQ") !== "YEARLY") return false
  const ways = ["BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"].filter((name) => parts.has(name)).length
  const days = parts.get("BYDAY") ?? ""
  const isNumbered = /\d/.test(days)
  // Of "2WE,TH" it passes over the Thursdays of a year.
  if (isNumbered && !parts.has("BYMONTH") && /(?:^|,)[A-Z]/.test(days)) return true
  return ways + (isNumbered ? 1 : 0) > 1 || (parts.has("BYYEARDAY") && parts.has("BYDAY"))
}

/** The parts of a rule by name, or undefined where the text is no rule. */
export const partsOf = (rrule: string): ReadonlyMap<string, string> | undefined => {
  const parts = rrule.split(";").map((part) => part.split("=") as [string, ...ReadonlyArray<string>])
  const found = new Map(parts.map(([name, ...values]) => [name, values.join("=")]))
  const allowed = partsWith[found.get("FREQ") ?? ""]
  const isRule = Array.from(found).every(([name, value]) => allowed?.includes(name) && isValue[name]?.(value))
  const isLimitedTwice = found.has("COUNT") && found.has("UNTIL")
  const selectsNothing = found.has("BYSETPOS") && !Array.from(found.keys()).some((name) => /^BY(?!SETPOS)/.test(name))
  const hasNumber = /\d/.test(found.get("BYDAY") ?? "") && allowed !== undefined && !allowed.includes("BYSETPOS")
  const isValid = isRule && !isLimitedTwice && !selectsNothing && !hasNumber && !selectsTwice(found)
  return isValid && found.size === parts.length ? found : undefined
}

const RRule = Schema.String.check(
  Schema.isMaxLength(250, { code: "too_long", params: { max: 250 }, message: "Must have at most 250 characters" }),
  Schema.makeFilter((text: string) => text.length > 250 || partsOf(text) !== undefined, {
    code: "rrule",
    message: "Must be a rule like FREQ=WEEKLY;BYDAY=MO (RFC 5545), daily or less often",
    toJsonSchema: () => ({ format: "rrule" })
  })
)

const rrule = described(
  "The rule, as in RFC 5545, daily or less often. `COUNT` is the number of occurrences that are left, including the current one."
)
const anchor = Schema.Literals(["due", "completion"]).pipe(
  named("RecurrenceAnchor", "The date from which the next occurrence of a recurring task is computed."),
  described("Whether the next occurrence follows the due date, or the day on which the task was completed.")
)
const namedRecurrence = (identifier: string) =>
  named(identifier, "When a task is due again after it was completed.", {
    rrule: "FREQ=WEEKLY;BYDAY=MO",
    anchor: "due"
  })

export const Recurrence = Schema.Struct({ rrule: Schema.String.pipe(rrule), anchor }).pipe(
  namedRecurrence("Recurrence")
)
export type Recurrence = typeof Recurrence.Type

export const RecurrenceInput = Schema.Struct({ rrule: RRule.pipe(rrule), anchor }).pipe(
  namedRecurrence("RecurrenceInput")
)

const due = described("When this occurrence is due.")
const due_at = Schema.NullOr(Timestamp).pipe(described("The instant of `due`, if that has a time zone."))

export const TaskCompletion = Schema.Struct({
  version: Version.pipe(described("The version of the task that was completed.")),
  due: Schema.NullOr(Due).pipe(due),
  completed_at: Timestamp.pipe(described("When the occurrence was completed."))
}).pipe(
  named("TaskCompletion", "An occurrence of a recurring task that was completed.", {
    version: 3,
    due: { date: "2026-12-01", time: "09:00" },
    completed_at: "2026-12-01T08:12:00.000Z"
  })
)
export type TaskCompletion = typeof TaskCompletion.Type

export const CompletionsQuery = paginatedQuery("completions", {}, (key) => /^\d{1,9}$/.test(key))
export type CompletionsQuery = typeof CompletionsQuery.Type

export const maxOccurrences = 20

export const RecurrencePreview = Schema.Struct({
  rrule: RRule.pipe(rrule),
  due: DueInput.pipe(described("When the first occurrence is due.")),
  limit: Schema.optionalKey(Schema.Int.check(isInRange(1, maxOccurrences))).pipe(
    described("The maximum number of occurrences in the response; 5 if absent.")
  )
}).pipe(
  named("RecurrencePreview", "A rule to preview.", {
    rrule: "FREQ=MONTHLY;BYMONTHDAY=31",
    due: { date: "2026-12-31" },
    limit: 2
  })
)
export type RecurrencePreview = typeof RecurrencePreview.Type

export const Occurrences = Schema.Struct({
  occurrences: Schema.Array(Schema.Struct({ due: Due.pipe(due), due_at })).pipe(
    described("The first occurrences in order, beginning with the given due date.")
  ),
  has_more: Schema.Boolean.pipe(described("Whether there are further occurrences."))
}).pipe(
  named("Occurrences", "The first occurrences of a rule.", {
    occurrences: [
      { due: { date: "2026-12-31" }, due_at: null },
      { due: { date: "2027-01-31" }, due_at: null }
    ],
    has_more: true
  })
)
export type Occurrences = typeof Occurrences.Type
