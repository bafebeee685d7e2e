import type { Call, Page } from "./ClientTypes.ts"
import type { ListQuery } from "./Types.ts"

/**
 * The pagination parameters in the `rel="next"` of a `Link` header (RFC 8288). The link is relative to the list, so
 * only its query counts: a proxy may have added a path prefix that the server does not know.
 */
export const nextPage = (link: string | null): Pick<ListQuery, "cursor" | "offset"> | undefined => {
  const query = /<[^>?]*\?([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1]
  if (query === undefined) return undefined
  const parameters = new URLSearchParams(query)
  const cursor = parameters.get("cursor")
  return cursor === null ? { offset: Number(parameters.get("offset")) } : { cursor }
}

/** Reads the page of a query: the body has the rows, headers have the link to the next page and the count. */
export const pageReader =
  <Item, Query>(query: Query) =>
  async (response: Response): Promise<Page<Item, Query>> => {
    const next = nextPage(response.headers.get("link"))
    const total = response.headers.get("x-total-count")
    return {
      items: (await response.json()) as ReadonlyArray<Item>,
      next: next && { ...query, ...next },
      total: total === null ? undefined : Number(total)
    }
  }

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
