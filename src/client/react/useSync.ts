import { type QueryClient, useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import type { SyncEnd, SyncState, TasksClient } from "../ClientTypes.ts"
import { applyChanges } from "./applyChanges.ts"

// A refetch for each of many changes would soon meet the rate limit.
const pause = 3_000
const shortPause = 100

/** Fetches active queries again: at once, and then at most every three seconds. */
const makeRefetch = (queries: QueryClient) => {
  const waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  // Its response may be older than the change, and a query that has no data yet is not fetched anew.
  const isLoading = () => queries.isFetching({ predicate: ({ state }) => state.data === undefined }) > 0
  const refetch = () => {
    timer = undefined
    if (waiting.size === 0) return
    const isEarly = isLoading()
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

/**
 * Shows changes that are made elsewhere in the queries of `makeQueries`, while the component is mounted. Returns the
 * state of the connection. `onEnd` is called when the user has to sign in.
 */
export const useSync = (client: TasksClient, onEnd?: (end: SyncEnd) => void): SyncState => {
  const queries = useQueryClient()
  const [state, setState] = useState<SyncState>("connecting")
  useEffect(() => {
    const controller = new AbortController()
    const refetch = makeRefetch(queries)
    const running = client.sync({
      start: "now",
      signal: controller.signal,
      apply: (changes, _, { isReset }) => {
        // The queries may have been fetched before the first cursor.
        if (isReset) refetch.add("projects", "tags", "tasks", "task", "task-count", "trash")
        else if (applyChanges(queries, changes)) refetch.add("task-count", "trash")
      },
      onState: setState
    })
    void running.then((end) => {
      if (end.reason !== "aborted") onEnd?.(end)
    })
    return () => {
      controller.abort()
      refetch.end()
    }
  }, [client, onEnd, queries])
  return state
}
