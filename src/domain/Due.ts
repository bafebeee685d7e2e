import { Schema, SchemaTransformation } from "effect"
import { checkEncoded, described, errorAt, named } from "./Description.ts"
import { instantOf, toPlainTime } from "./DueTime.ts"
import { TimestampInput } from "./Timestamp.ts"
import { isTimeZone } from "./TimeZone.ts"

const datePattern = /^\d{4}-\d\d-\d\d$/
const timePattern = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{3})?)?$/

/** Whether the text is a date that exists, in the years 1 to 9999. */
export const isDate = (text: string) =>
  datePattern.test(text) && text >= "0001" && new Date(`${text}T00:00Z`).toJSON()?.startsWith(text) === true

const badDate = { code: "format", message: "Must be a date like 2026-12-01" }

const PlainDate = Schema.String.check(
  Schema.isPattern(datePattern, { ...badDate, toJsonSchema: () => ({ format: "date" }) })
)

const PlainDateInput = PlainDate.check(
  Schema.makeFilter((text: string) => !datePattern.test(text) || isDate(text), badDate)
)

/** The limit of a filter by due date. */
export const DateOrTimestamp = Schema.Union([PlainDateInput, TimestampInput]).annotate({
  code: "format",
  message: "Must be a date like 2026-12-01 or a time like 2026-11-20T09:30:00Z (RFC 3339)"
})

const PlainTime = Schema.String.check(
  Schema.isPattern(timePattern, {
    code: "format",
    message: "Must be a time like 09:00",
    toJsonSchema: () => ({ pattern: timePattern.source })
  })
)

export const TimeZone = Schema.String.check(
  Schema.makeFilter(isTimeZone, {
    code: "time_zone",
    message: "Must be a time zone like Europe/Berlin",
    toJsonSchema: () => ({ format: "time-zone" })
  })
)

const date = described("The day.")
const time = described(
  "The time, with seconds and milliseconds where needed. Without it the task is due at the end of the day."
)
const time_zone = described("The time zone of the time. Without it the time is meant wherever the user is.")

const example = { date: "2026-12-01", time: "09:00", time_zone: "Europe/Berlin" } as const

export const Due = Schema.Struct({
  date: PlainDate.pipe(date),
  time: Schema.optionalKey(PlainTime).pipe(time),
  time_zone: Schema.optionalKey(Schema.String).pipe(time_zone)
}).pipe(
  named("Due", "When a task is due: on a day, at a time wherever the user is, or at a time in a time zone.", example)
)
export type Due = typeof Due.Type

/** A due date as clients may write it. The server returns date and time as they were given. */
export const DueInput = Schema.Struct({
  date: PlainDateInput.pipe(date),
  time: Schema.optionalKey(
    PlainTime.pipe(
      Schema.decodeTo(PlainTime, SchemaTransformation.transform({ decode: toPlainTime, encode: (time) => time }))
    )
  ).pipe(time),
  time_zone: Schema.optionalKey(TimeZone).pipe(time_zone)
}).pipe(
  named(
    "DueInput",
    "When a task is due: on a day, at a time wherever the user is, or at a time in a time zone.",
    { date: "2026-12-01" },
    { date: "2026-12-01", time: "09:00" },
    example
  ),
  checkEncoded(
    Schema.makeFilter((due: Due) => {
      if (due.time_zone === undefined) return undefined
      if (due.time === undefined) return errorAt("time", "required", "Is required with a time zone")
      return instantOf(due) === undefined
        ? errorAt("date", "range", "Must be in the years 1 to 9999 in UTC")
        : undefined
    })
  )
)
