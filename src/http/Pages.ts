import { Schema } from "effect"
import { Cursor, type Page, type PageQuery, type Position } from "../domain/Page.ts"

const toText = Schema.encodeSync(Cursor)

/** The relative URL of the page behind this one, walked the way this one was asked for. */
export const nextPage = (path: string, query: PageQuery, page: Page<Position>): string | undefined => {
  const last = page.items.at(-1)
  if (!page.more || last === undefined) return undefined
  const { count, limit, offset } = query
  const parameters = new URLSearchParams({
    ...(limit !== undefined && { limit: String(limit) }),
    ...(count !== undefined && { count }),
    ...(offset === undefined
      ? { cursor: toText({ created_at: last.created_at, id: last.id }) }
      : { offset: String(offset + page.items.length) })
  })
  return `${path}?${parameters}`
}
