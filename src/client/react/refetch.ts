import type { Query, QueryClient } from "@tanstack/react-query"

const shortPause = 100

/** Whether a query loads its first data, or a further page. Fetching it anew would not begin, or drop the page. */
const isLoading = ({ state: { data, fetchMeta, fetchStatus } }: Query) =>
  fetchStatus === "fetching" && (data === undefined || fetchMeta?.fetchMore !== undefined)

/** The queries with one of these names that are being fetched. */
const fetching = (queries: QueryClient, names: Iterable<string>) => {
  const all = new Set<unknown>(names)
  return queries
    .getQueryCache()
    .findAll({ fetchStatus: "fetching" })
    .filter(({ queryKey }) => all.has(queryKey[0]))
}

/**
 * Ends fetches of the queries with these names that began before a change: their responses could replace it by what was
 * there before. Returns the names of the queries to fetch again.
 */
export const endFetches = (queries: QueryClient, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  fetching(queries, names).map((query) => {
    if (!isLoading(query)) void query.cancel({ revert: true })
    return query.queryKey[0] as string
  })

/** Fetches active queries again: at once, and then at most every `pause` milliseconds. */
export const makeRefetch = (queries: QueryClient, pause: number) => {
  const waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const refetch = () => {
    timer = undefined
    if (waiting.size === 0) return
    const isEarly = fetching(queries, waiting).some(isLoading)
    if (!isEarly) {
      for (const name of waiting) void queries.invalidateQueries({ queryKey: [name] })
      waiting.clear()
    }
    timer = setTimeout(refetch, isEarly ? shortPause : pause)
  }
  return {
    add: (...names: ReadonlyArray<string>) => {
      for (const name of names) waiting.add(name)
      if (timer === undefined) refetch()
    },
    end: () => clearTimeout(timer)
  }
}
