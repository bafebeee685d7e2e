import { Schema } from "effect"

/**
 * An instant as RFC 3339 text in UTC with milliseconds: `2026-11-20T09:30:00.000Z`. It has this one
 * form from the database to the client, so text order is time order.
 */
export const Timestamp = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, {
    code: "format",
    message: "Must be a UTC timestamp like 2026-11-20T09:30:00.000Z",
    expected: "a UTC timestamp with milliseconds",
    toJsonSchema: () => ({ format: "date-time" })
  })
).annotate({ examples: ["2026-11-20T09:30:00.000Z"] })
