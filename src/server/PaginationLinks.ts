import { Schema } from "effect"
import { Cursor, type Page, type PaginationParams, queryFingerprint } from "../domain/Pagination.ts"

const toText = Schema.encodeSync(Cursor)

/** The page as the contract has it: its rows, and the relative URL of the next one, walked as this one was. */
export const toPage = <Row>(url: string, query: PaginationParams, { items, next, total }: Page<Row>) => {
  if (next === undefined) return { items, next: undefined, total }
  const [path, text] = url.split("?", 2)
  const parameters = new URLSearchParams(text)
  if (query.offset === undefined) parameters.set("cursor", toText({ list: queryFingerprint(query), ...next }))
  else parameters.set("offset", String(query.offset + items.length))
  return { items, next: `${path}?${parameters}`, total }
}
