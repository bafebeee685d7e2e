import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { described } from "../../domain/Description.ts"
import { IntegerText } from "../../domain/Pagination.ts"
import { Version } from "../../domain/Version.ts"
import { ETag, IfMatch, IfNoneMatch } from "./ETag.ts"

/**
 * A value as the body of a response whose headers follow from it, so that a handler returns the value alone. While the
 * schema is a parameter, the library's type of a body with headers cannot be computed: hence "as never".
 */
export const withResponseHeaders = <
  S extends Schema.Top,
  Body extends Schema.Top,
  const Headers extends Schema.Struct.Fields
>(
  value: S,
  body: Body,
  headers: Headers,
  headersOf: (value: S["Type"]) => { readonly [name: string]: unknown }
) =>
  value.pipe(
    HttpApiSchema.encodeToWithHeaders<S, Body, Headers>({ body, headers }, {
      decode: (response: { readonly body: unknown }) => response.body,
      encode: (value: S["Type"]) => ({ body: value, headers: headersOf(value) })
    } as never)
  )

/** A row that its headers are computed from. */
export type RowSchema = Schema.Top & { readonly Type: { readonly id: string; readonly version: number } }

const etag = {
  etag: ETag.pipe(
    described("The version of the row, in quotes. Send it as If-Match with a change.", { examples: ['"1"'] })
  )
}

/** 200: a row, with its version as the entity tag. */
export const withETag = <S extends RowSchema>(row: S) =>
  withResponseHeaders(row, row, etag, ({ version }: S["Type"]) => ({ etag: version }))

const etagAndLocation = {
  ...etag,
  location: Schema.String.check(
    Schema.makeFilter(() => true, { toJsonSchema: () => ({ format: "uri-reference" }) })
  ).pipe(described("The path of the new row.", { examples: ["/api/tasks/019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"] }))
}

/** 201: a row, with its version as the entity tag and its path as the location. */
export const createdResponse = <S extends RowSchema>(row: S, path: string) =>
  withResponseHeaders(row, row.pipe(HttpApiSchema.status(201)), etagAndLocation, ({ id, version }: S["Type"]) => ({
    etag: version,
    location: `${path}/${id}`
  }))

/** 304: the client already has the current version. */
export const NotModified = Schema.Struct({ not_modified: Version }).pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: HttpApiSchema.Empty(304), headers: etag },
    {
      decode: ({ headers }) => ({ not_modified: headers.etag }),
      encode: ({ not_modified }) => ({ body: undefined, headers: { etag: not_modified } })
    }
  ),
  Schema.annotate({ description: "Not modified: If-None-Match names the current version." })
)

const pageHeaders = {
  link: Schema.optionalKey(Schema.String).pipe(
    described('The next page, as `<…>; rel="next"` (RFC 8288), relative to this URL. Absent on the last page.', {
      examples: ['<?limit=2&cursor=eyJsaXN0IjozNjY5MDE5NjEzfQ>; rel="next"']
    })
  ),
  "x-total-count": Schema.optionalKey(IntegerText(0, 999_999_999)).pipe(
    described("The number of rows on all pages, if `count=exact` asked for it.", { examples: [4] })
  )
}

interface PageValue {
  readonly items: ReadonlyArray<unknown>
  readonly next: string | undefined
  readonly total: number | undefined
}

/** 200: the rows of a page as the body; the relative URL of the next page and the number of rows as headers. */
export const pageResponse = <S extends Schema.Top>(row: S) =>
  Schema.Struct({
    items: Schema.Array(row),
    next: Schema.UndefinedOr(Schema.String),
    total: Schema.UndefinedOr(Schema.Int)
  }).pipe(
    HttpApiSchema.encodeToWithHeaders({ body: Schema.Array(row), headers: pageHeaders }, {
      decode: ({ body, headers }: { readonly body: unknown; readonly headers: Record<string, string | number> }) => ({
        items: body,
        next: String(headers.link ?? "").match(/<([^>]*)>\s*;\s*rel="?next"?/)?.[1],
        total: headers["x-total-count"]
      }),
      encode: ({ items, next, total }: PageValue) => ({
        body: items,
        headers: {
          ...(next !== undefined && { link: `<${next}>; rel="next"` }),
          ...(total !== undefined && { "x-total-count": total })
        }
      })
    } as never)
  )

const condition = <S extends Schema.Top>(schema: S, description: string) =>
  Schema.optionalKey(schema).pipe(described(description, { examples: ['"3"'] }))

export const ifMatch = {
  "if-match": condition(
    IfMatch,
    'The ETag that the change applies to, like `"3"`: another version is 412. Without it the last write wins.'
  )
}

/** RFC 9110, section 13.2.2: If-Match first. */
export const readConditions = {
  "if-match": condition(IfMatch, 'The ETag that the row must have, like `"3"`: another version is 412. Seldom useful.'),
  "if-none-match": condition(
    IfNoneMatch,
    'The ETag that the client has, like `"3"`: the same version is 304 without a body.'
  )
}

/** RFC 9110, section 13.1.2, requires that a server evaluates both before a write. */
export const writeConditions = {
  ...ifMatch,
  "if-none-match": condition(
    IfNoneMatch,
    "If it names the current version, or is `*`, the response is 412. Seldom useful."
  )
}

/** A change as JSON, and under the media type that RFC 7396 gives it. */
export const mergePatch = <S extends Schema.Top>(change: S) =>
  [change, change.pipe(HttpApiSchema.asJson({ contentType: "application/merge-patch+json" }))] as const
