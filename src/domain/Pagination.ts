import { Hash, Schema, SchemaTransformation } from "effect"
import { described, errorAt, isInRange } from "./Description.ts"
import { isTimestamp } from "./Timestamp.ts"
import { Uuid } from "./Uuid.ts"

/** An integer in a query or a header. Digits only: JavaScript also reads "1e2", "0x10" and " 7" as numbers. */
export const IntegerText = (minimum: number, maximum: number) =>
  Schema.String.check(
    Schema.isPattern(/^\d{1,9}$/, {
      code: "type",
      message: "Must be a whole number",
      toJsonSchema: () => ({ type: "integer", minimum, maximum })
    })
  ).pipe(Schema.decodeTo(Schema.Int.check(isInRange(minimum, maximum)), SchemaTransformation.numberFromString))

export const defaultLimit = 50

/** Where a page ends: the sort key of its last row, and its id to break ties. The next page begins after it. */
export interface PageKey {
  readonly key: string
  readonly id: string
}

/** A page key as clients carry it: opaque, from a `Link` header, valid for the list that it came from. */
export const Cursor = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(Schema.fromJsonString(Schema.Struct({ list: Schema.Natural, key: Schema.String, id: Uuid }))),
  Schema.annotate({ code: "cursor", message: 'Must be a cursor from a Link header with rel="next"' })
)

const pagination = {
  limit: Schema.optionalKey(IntegerText(1, 200)).pipe(
    described("The maximum number of rows in the response.", { default: defaultLimit })
  ),
  cursor: Schema.optionalKey(Cursor).pipe(
    described(
      'Where the last page ended, from a `Link` header with `rel="next"`. Valid only for the same list with the same filters and sort.',
      {
        examples: [
          "eyJsaXN0IjozNjY5MDE5NjEzLCJrZXkiOiIyMDI2LTExLTI3VDE1OjMzOjIzLjU5M1oiLCJpZCI6IjAxYTIxZGEzLWNjMDgtNzU5Mi1iYzE0LTk3M2RkNmZhNGE2YyJ9"
        ]
      }
    )
  ),
  offset: Schema.optionalKey(IntegerText(0, 1_000_000)).pipe(
    described(
      "The number of rows to skip, instead of a cursor. Rows that change between pages are skipped or repeated.",
      { examples: [100] }
    )
  ),
  count: Schema.optionalKey(Schema.Literal("exact")).pipe(
    described("`exact` adds the `X-Total-Count` header.", { examples: ["exact"] })
  )
}
export type PaginationParams = Schema.Struct.Type<typeof pagination>

/** Identifies a list by its name and everything in its query except the pagination. */
export const listFingerprint = (list: string, query: object): number => {
  const filters = Object.entries(query)
    .filter(([name]) => !(name in pagination))
    // The order of repeated parameters does not matter.
    .map(([name, value]) => [name, Array.isArray(value) ? value.toSorted() : value])
  // The hash has a sign, and the number in a cursor has none.
  return Hash.string(JSON.stringify([list, ...filters.toSorted()])) >>> 0
}

/**
 * The query of a list. `isKey` decides whether a text can be the key of a row in the requested order: a client can
 * forge a cursor, and the database must be able to compare its key.
 */
export const paginatedQuery = <Filters extends Schema.Struct.Fields>(
  list: string,
  filters: Filters,
  isKey: (key: string, query: Schema.Struct.Type<Filters>) => boolean
) =>
  Schema.Struct({ ...pagination, ...filters }).check(
    Schema.makeFilter((query) => {
      const { cursor, offset } = query as PaginationParams
      if (cursor === undefined) return undefined
      if (offset !== undefined) return errorAt("offset", "conflict", "Must not be given together with cursor")
      return cursor.list === listFingerprint(list, query) && isKey(cursor.key, query as Schema.Struct.Type<Filters>)
        ? undefined
        : errorAt("cursor", "cursor", "Must be used with the list, filters and sort that it came from")
    })
  )

/** Part of a list, and where it ends if there is more. `total` is counted only on request. */
export interface Page<Row> {
  readonly items: ReadonlyArray<Row>
  readonly next: PageKey | undefined
  readonly total: number | undefined
}

/** Lists without filters, newest first. */
export const listQuery = (list: string) => paginatedQuery(list, {}, isTimestamp)
export type ListQuery = ReturnType<typeof listQuery>["Type"]
