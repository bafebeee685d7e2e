import type { Call } from "./HttpTransport.ts"
import type { Page } from "./Types.ts"

interface Walk {
  readonly limit?: number
  readonly cursor?: string
  readonly offset?: number
}

interface Part<Item> {
  readonly items: ReadonlyArray<Item>
  readonly next: string | undefined
  readonly total: number | undefined
}

/** The rows are the body; where the next ones are and how many there are stands in headers. */
export const readPart = async <Item>(response: Response): Promise<Part<Item>> => {
  const { headers } = response
  const total = headers.get("x-total-count")
  return {
    items: (await response.json()) as ReadonlyArray<Item>,
    next: /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1],
    total: total === null ? undefined : Number(total)
  }
}

/** The link to the next part, as the query that asks for it. */
export const toPage = <Item, Query extends Walk>(
  query: Query,
  { items, next, total }: Part<Item>
): Page<Item, Query> => {
  if (next === undefined) return { items, next, total }
  const search = new URLSearchParams(next.split("?")[1])
  const cursor = search.get("cursor")
  return {
    items,
    total,
    next: { ...query, ...(cursor === null ? { offset: Number(search.get("offset")) } : { cursor }) }
  }
}

/** Everything from the first part that is asked for to the last. */
export async function* walk<Item, Query>(
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
