import { Schema, SchemaIssue, SchemaTransformation } from "effect"
import { TaskId } from "./Task.ts"
import { Timestamp } from "./Timestamp.ts"

// Digits only: "1e2", "0x10" and " 7" are numbers to JavaScript, and mistakes in a query.
const IntegerFromText = Schema.String.check(
  Schema.isPattern(/^\d{1,9}$/, { code: "type", message: "Must be a whole number" })
).pipe(Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString))

const isWithin = (minimum: number, maximum: number) =>
  Schema.isBetween(
    { minimum, maximum },
    { code: "range", params: { min: minimum, max: maximum }, message: `Must be between ${minimum} and ${maximum}` }
  )

const Limit = IntegerFromText.check(isWithin(1, 200))
export const defaultLimit = 50

const Offset = IntegerFromText.check(isWithin(0, 1_000_000))

/** The sort key of a page's last row: the next page begins behind it, whatever came or went meanwhile. */
const Position = Schema.Struct({ created_at: Timestamp, id: TaskId })
export type Position = typeof Position.Type

/** A position as clients carry it: opaque, and only ever taken from a `Link` header. */
export const Cursor = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(Schema.fromJsonString(Position)),
  Schema.annotate({ code: "cursor", message: 'Must be a cursor from a Link header with rel="next"' })
)

/** How to walk a list: by `cursor`, or by `offset`, which skips and repeats rows that come and go. */
export const PageQuery = Schema.Struct({
  limit: Schema.optionalKey(Limit),
  cursor: Schema.optionalKey(Cursor),
  offset: Schema.optionalKey(Offset),
  count: Schema.optionalKey(Schema.Literal("exact"))
}).check(
  Schema.makeFilter(({ cursor, offset }) =>
    cursor === undefined || offset === undefined
      ? undefined
      : {
          path: ["offset"],
          issue: new SchemaIssue.InvalidValue({ code: "conflict", message: "Must not be given together with cursor" })
        }
  )
)
export type PageQuery = typeof PageQuery.Type

/** Part of a list, and whether there is more of it. `total` is counted only when asked for. */
export interface Page<Row> {
  readonly items: ReadonlyArray<Row>
  readonly more: boolean
  readonly total: number | undefined
}
