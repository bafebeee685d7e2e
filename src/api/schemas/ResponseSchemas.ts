import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { Version } from "../../domain/Version.ts"
import { ETag, IfMatch, IfNoneMatch } from "./ETag.ts"

// What every resource promises of its answers: headers that follow from the value, so that a handler
// gives the value and nothing else. While a schema is a parameter, the library's type of a pair of body
// and headers cannot be computed: hence "as never", on functions of two lines each.

/** A row whose headers can be told from it. */
type Row = Schema.Top & { readonly Type: { readonly id: string; readonly version: number } }

const body = (pair: { readonly body: unknown }) => pair.body

/** 200: a row, with its version as the entity tag. */
export const withETag = <S extends Row>(row: S) =>
  row.pipe(
    HttpApiSchema.encodeToWithHeaders<S, S, { readonly etag: typeof ETag }>({ body: row, headers: { etag: ETag } }, {
      decode: body,
      encode: (value: S["Type"]) => ({ body: value, headers: { etag: value.version } })
    } as never)
  )

/** 201: the same, and where it is. */
export const createdResponse = <S extends Row>(row: S, path: string) =>
  row.pipe(
    HttpApiSchema.encodeToWithHeaders<
      S,
      S["Rebuild"],
      { readonly etag: typeof ETag; readonly location: typeof Schema.String }
    >({ body: row.pipe(HttpApiSchema.status(201)), headers: { etag: ETag, location: Schema.String } }, {
      decode: body,
      encode: (value: S["Type"]) => ({ body: value, headers: { etag: value.version, location: `${path}/${value.id}` } })
    } as never)
  )

/** 304: the version the client holds is the current one. */
export const NotModified = Schema.Struct({ not_modified: Version }).pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: HttpApiSchema.Empty(304), headers: { etag: ETag } },
    {
      decode: ({ headers }) => ({ not_modified: headers.etag }),
      encode: ({ not_modified }) => ({ body: undefined, headers: { etag: not_modified } })
    }
  )
)

const pageHeaders = { link: Schema.optionalKey(Schema.String), "x-total-count": Schema.optionalKey(Schema.Int) }

interface PageValue {
  readonly items: ReadonlyArray<unknown>
  readonly next: string | undefined
  readonly total: number | undefined
}

/** 200: the rows of a page as the body; where the next page is (a relative URL) and how many rows there are, in headers. */
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

export const ifMatch = { "if-match": Schema.optionalKey(IfMatch) }
export const ifNoneMatch = { "if-none-match": Schema.optionalKey(IfNoneMatch) }

/** RFC 7396 has a media type of its own for what our JSON means anyway. */
export const mergePatch = <S extends Schema.Top>(change: S) =>
  [change, change.pipe(HttpApiSchema.asJson({ contentType: "application/merge-patch+json" }))] as const
