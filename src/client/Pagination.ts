import type { Call, Page } from "./ClientTypes.ts"

interface Pagination {
  readonly cursor?: string
  readonly offset?: number
}

interface Part<Item> {
  readonly items: ReadonlyArray<Item>
  readonly next: Pagination | undefined
  readonly total: number | undefined
}

/**
 * The pagination parameters in the `rel="next"` of a `Link` header (RFC 8288). The link is relative to the list, so
 * only its query counts: a proxy may have added a path prefix that the server does not know.
 */
export const nextPage = (link: string | null): Pagination | undefined => {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1]
  if (target === undefined) return undefined
  const parameters = new URLSearchParams(target.slice(target.indexOf("?") + 1))
  const cursor = parameters.get("cursor")
  return cursor === null ? { offset: Number(parameters.get("offset")) } : { cursor }
}

/** Reads a page: the body has the rows, headers have the link to the next page and the count. */
export const readPart = async <Item>(response: Response): Promise<Part<Item>> => {
  const total = response.headers.get("x-total-count")
  return {
    items: (await response.json()) as ReadonlyArray<Item>,
    next: nextPage(response.headers.get("link")),
    total: total === null ? undefined : Number(total)
  }
}

/** A page with the query of the next one. */
export const toPage = <Item, Query>(query: Query, { next, ...part }: Part<Item>): Page<Item, Query> => ({
  ...part,
  next: next && { ...query, ...next }
})

/** Requests page after page and yields their items. */
export async function* paginate<Item, Query>(
  list: (query: Query, call: Call | undefined) => Promise<Page<Item, Query>>,
  query: Query,
  call: Call | undefined
): AsyncGenerator<Item, void, undefined> {
  for (let next: Query | undefined = query; next !== undefined; ) {
    const page: Page<Item, Query> = await list(next, call)
    yield* page.items
    next = page.next
  }
}
