import { Schema } from "effect"
import { Cursor, listFingerprint, type Page, type PaginationParams } from "../../domain/Pagination.ts"

const encodeCursor = Schema.encodeSync(Cursor)

/**
 * The page as the contract has it: its rows, and the link to the next one. The link is relative to the request
 * (`?limit=…&cursor=…`), so that it survives a proxy's path prefix, and keeps every parameter of the request.
 */
export const toPage = <Row>(list: string, url: string, query: PaginationParams, { items, next, total }: Page<Row>) => {
  if (next === undefined) return { items, next: undefined, total }
  const start = url.indexOf("?")
  const parameters = new URLSearchParams(start < 0 ? "" : url.slice(start + 1))
  if (query.offset === undefined)
    parameters.set("cursor", encodeCursor({ list: listFingerprint(list, query), ...next }))
  else parameters.set("offset", String(query.offset + items.length))
  return { items, next: `?${parameters}`, total }
}
