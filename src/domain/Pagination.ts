import { Hash, Schema, SchemaIssue, SchemaTransformation } from "effect"
import { Uuid } from "./Uuid.ts"

// Digits only: "1e2", "0x10" and " 7" are numbers to JavaScript, and mistakes in a query.
const IntegerFromText = Schema.String.check(
  Schema.isPattern(/^\d{1,9}$/, { code: "type", message: "Must be a whole number" })
).pipe(Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString))

const isWithin = (minimum: number, maximum: number) =>
  Schema.isBetween(
    { minimum, maximum },
    { code: "range", params: { min: minimum, max: maximum }, message: `Must be between ${minimum} and ${maximum}` }
  )

export const defaultLimit = 50

/** Where a page ended: the sort key of its last row, and its id to break ties. The next page begins behind it. */
export interface PageKey {
  readonly key: string
  readonly id: string
}

/** A position as clients carry it: opaque, taken from a `Link` header, good for the very list it came from. */
export const Cursor = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(Schema.fromJsonString(Schema.Struct({ list: Schema.Natural, key: Schema.String, id: Uuid }))),
  Schema.annotate({ code: "cursor", message: 'Must be a cursor from a Link header with rel="next"' })
)
export type Cursor = typeof Cursor.Type

const walk = {
  limit: Schema.optionalKey(IntegerFromText.check(isWithin(1, 200))),
  cursor: Schema.optionalKey(Cursor),
  /** Skips and repeats rows that come and go between two pages. */
  offset: Schema.optionalKey(IntegerFromText.check(isWithin(0, 1_000_000))),
  count: Schema.optionalKey(Schema.Literal("exact"))
}
export type PaginationParams = Schema.Struct.Type<typeof walk>

/** What tells one list from another: everything asked for but how to walk it. */
export const queryFingerprint = (query: object): number => {
  const asked = Object.entries(query).filter(([name]) => !(name in walk))
  // The hash has a sign, and a cursor has none.
  return Hash.string(JSON.stringify(asked.toSorted())) >>> 0
}

const fault = (name: string, code: string, message: string) => ({
  path: [name],
  issue: new SchemaIssue.InvalidValue({ code, message })
})

/**
 * The query of a list. `isKey` says whether a text can be the key of a row in the order asked for: a
 * cursor is only text, and nothing of it may reach the database that cannot be compared there.
 */
export const paginatedQuery = <Filters extends Schema.Struct.Fields>(
  filters: Filters,
  isKey: (key: string, query: Schema.Struct.Type<Filters>) => boolean
) =>
  Schema.Struct({ ...walk, ...filters }).check(
    Schema.makeFilter((query) => {
      const { cursor, offset } = query as PaginationParams
      if (cursor === undefined) return undefined
      if (offset !== undefined) return fault("offset", "conflict", "Must not be given together with cursor")
      return cursor.list === queryFingerprint(query) && isKey(cursor.key, query as Schema.Struct.Type<Filters>)
        ? undefined
        : fault("cursor", "cursor", "Must be used with the same filters and sort that it came from")
    })
  )

/** Part of a list, and where it ended if there is more of it. `total` is counted only when asked for. */
export interface Page<Row> {
  readonly items: ReadonlyArray<Row>
  readonly next: PageKey | undefined
  readonly total: number | undefined
}

/** Lists without filters, newest first. */
export const ListQuery = paginatedQuery({}, (key) => /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(key))
export type ListQuery = typeof ListQuery.Type
