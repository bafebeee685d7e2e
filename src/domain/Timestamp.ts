import { Schema, SchemaTransformation } from "effect"

// JavaScript also reads "1" and "Jan 1 2027" as dates, and moves the 31st of February to March.
const rfc3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/

const toDate = (text: string) => new Date(text.toUpperCase().replace(" ", "T"))

// The one form below, which most clients send.
const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const digits = (count: number, length: number, end: string) =>
  Array.from({ length: count }, (_, n) => String(n).padStart(length, "0") + end)

const [hours, minutes, seconds, milliseconds] = [
  digits(24, 2, ":"),
  digits(60, 2, ":"),
  digits(60, 2, "."),
  digits(1000, 3, "Z")
]

const day = 86_400_000
const dates = new Map<number, string>()

/** "2026-11-20T". Most timestamps are of few days, and `Date` takes five times as long. */
const dateOf = (days: number) => {
  const known = dates.get(days)
  if (known !== undefined) return known
  const text = new Date(days * day).toISOString()
  const date = text.slice(0, text.indexOf("T") + 1)
  if (dates.size >= 10_000) dates.clear()
  dates.set(days, date)
  return date
}

/** The same as `toISOString` of a `Date`. */
export const toIso = (time: number) => {
  const days = Math.floor(time / day)
  const rest = time - days * day
  const hour = Math.floor(rest / 3_600_000)
  const minute = Math.floor(rest / 60_000) % 60
  const second = Math.floor(rest / 1000) % 60
  return `${dateOf(days)}${hours[hour]}${minutes[minute]}${seconds[second]}${milliseconds[rest % 1000]}`
}

/** Whether the text is an RFC 3339 timestamp in the years 1 to 9999, in UTC. */
const isInstant = (text: string) => {
  if (canonical.test(text)) {
    const time = Date.parse(text)
    return text >= "0001" && !Number.isNaN(time) && toIso(time) === text
  }
  const [, year, month, day] = (rfc3339.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined) return false
  const daysInMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  const yearInUtc = toDate(text).getUTCFullYear()
  return day >= 1 && day <= daysInMonth && yearInUtc >= 1 && yearInUtc <= 9999
}

/**
 * An instant as RFC 3339 text in UTC with milliseconds: `2026-11-20T09:30:00.000Z`. It has this one form from the
 * database to the client, so text order is time order.
 */
export const Timestamp = Schema.String.check(
  Schema.isPattern(canonical, {
    expected: "a UTC timestamp with milliseconds",
    toJsonSchema: () => ({ format: "date-time" })
  })
).annotate({ examples: ["2026-11-20T09:30:00.000Z"] })

/** Whether the text is a `Timestamp` that exists: no 31st of February, no 25 o'clock. */
export const isTimestamp = (text: string) => Schema.is(Timestamp)(text) && isInstant(text)

/** An instant as clients may write it: RFC 3339 with any offset, converted to the one form above. */
export const TimestampInput = Schema.String.check(
  Schema.makeFilter(isInstant, {
    code: "format",
    message: "Must be a time like 2026-11-20T09:30:00Z (RFC 3339)",
    toJsonSchema: () => ({ format: "date-time" })
  })
).pipe(
  Schema.decodeTo(
    Timestamp,
    SchemaTransformation.transform({
      decode: (text) => (canonical.test(text) ? text : toDate(text).toISOString()),
      encode: (text) => text
    })
  )
)
