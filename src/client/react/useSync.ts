import { focusManager, type QueryClient, useQueryClient } from "@tanstack/react-query"
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
  // Invalidating a query that has no data yet does not fetch it again, and its response may be older than the change.
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

// A browser opens six connections to a server over HTTP/1.1: hidden tabs must not hold all of them.
const hiddenFor = 30_000

/** Runs a task while the page is visible, and for half a minute after. Then it is aborted. */
const whileVisible = (task: (signal: AbortSignal) => void) => {
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    running?.abort()
    running = undefined
  }
  const update = () => {
    clearTimeout(timer)
    if (!focusManager.isFocused()) timer = setTimeout(stop, hiddenFor)
    else if (running === undefined) {
      running = new AbortController()
      task(running.signal)
    }
  }
  const unsubscribe = focusManager.subscribe(update)
  update()
  return () => {
    unsubscribe()
    clearTimeout(timer)
    stop()
  }
}

/**
 * Shows changes that are made elsewhere in the queries of `makeQueries`, while the component is mounted and the page is
 * visible. Returns the state of the connection. `onEnd` is called when the user has to sign in.
 */
export const useSync = (client: TasksClient, onEnd?: (end: SyncEnd) => void): SyncState => {
  const queries = useQueryClient()
  const [state, setState] = useState<SyncState>("connecting")
  useEffect(() => {
    const refetch = makeRefetch(queries)
    let cursor: string | undefined
    const run = async (signal: AbortSignal) => {
      const end = await client.sync({
        cursor,
        start: "now",
        signal,
        apply: (changes, next, { isReset }) => {
          cursor = next
          // The queries may have been fetched before the first cursor.
          if (isReset) refetch.add("projects", "tags", "tasks", "task", "task-count", "trash")
          else if (applyChanges(queries, changes)) refetch.add("task-count", "trash")
        },
        onState: setState
      })
      setState("connecting")
      if (end.reason !== "aborted") onEnd?.(end)
    }
    const stop = whileVisible((signal) => void run(signal))
    return () => {
      stop()
      refetch.end()
    }
  }, [client, onEnd, queries])
  return state
}
