import { type QueryClient, useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import type { SyncEnd, SyncState, TasksClient } from "../ClientTypes.ts"
import type { Change } from "../Types.ts"

// A refetch for each of many changes would soon meet the rate limit.
const pause = 1_000
const shortPause = 100

const keysOf = {
  project: ["projects"],
  tag: ["tags"],
  task: ["tasks", "task", "task-count", "trash"]
} as const

/** Fetches the active queries again that changes concern: at once, and then at most once a second. */
export const makeRefetch = (queries: QueryClient) => {
  const waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  // Its response may be older than the change, and a query that has no data yet is not fetched anew.
  const isLoading = () => queries.isFetching({ predicate: ({ state }) => state.data === undefined }) > 0
  const refetch = () => {
    timer = undefined
    if (waiting.size === 0) return
    if (!isLoading()) {
      for (const name of waiting) void queries.invalidateQueries({ queryKey: [name] })
      waiting.clear()
    }
    timer = setTimeout(refetch, waiting.size === 0 ? pause : shortPause)
  }
  return {
    add: (types: Iterable<Change["type"]>) => {
      for (const type of types) for (const name of keysOf[type]) waiting.add(name)
      if (timer === undefined) refetch()
    },
    end: () => clearTimeout(timer)
  }
}

const allTypes = ["project", "tag", "task"] as const

/**
 * Keeps the queries of `makeQueries` up to date with changes that are made elsewhere, while the component is mounted.
 * Returns the state of the connection. `onEnd` is called when the user has to sign in.
 */
export const useSync = (client: TasksClient, onEnd?: (end: SyncEnd) => void): SyncState => {
  const queries = useQueryClient()
  const [state, setState] = useState<SyncState>("connecting")
  useEffect(() => {
    const controller = new AbortController()
    const refetch = makeRefetch(queries)
    void client
      .sync({
        start: "now",
        signal: controller.signal,
        apply: (changes, _, { isReset }) => refetch.add(isReset ? allTypes : changes.map(({ type }) => type)),
        onState: setState
      })
      .then((end) => {
        if (end.reason !== "aborted") onEnd?.(end)
      })
    return () => {
      controller.abort()
      refetch.end()
    }
  }, [client, onEnd, queries])
  return state
}
