import { Schema, SchemaTransformation } from "effect"

/**
 * An instant as RFC 3339 text in UTC with milliseconds: `2026-11-20T09:30:00.000Z`. It has this one
 * form from the database to the client, so text order is time order.
 */
export const Timestamp = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, {
    expected: "a UTC timestamp with milliseconds",
    toJsonSchema: () => ({ format: "date-time" })
  })
).annotate({ examples: ["2026-11-20T09:30:00.000Z"] })

// JavaScript reads "1" and "Jan 1 2027" as dates too, and rolls the 31st of February over into March.
const form =
  /^[1-9]\d{3}-(0[1-9]|1[0-2])-(\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/

const isInstant = (text: string) => {
  const day = Number(form.exec(text)?.[2])
  const [year = 0, month = 0] = text.split("-", 2).map(Number)
  return day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

/** An instant as clients may write it: RFC 3339 with any offset, brought to the one form above. */
export const TimestampInput = Schema.String.check(
  Schema.makeFilter(isInstant, { code: "format", message: "Must be a time like 2026-11-20T09:30:00Z (RFC 3339)" })
).pipe(
  Schema.decodeTo(
    Timestamp,
    SchemaTransformation.transform({
      decode: (text) => new Date(text.toUpperCase().replace(" ", "T")).toISOString(),
      encode: (text) => text
    })
  )
)
