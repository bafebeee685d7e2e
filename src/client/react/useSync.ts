"use client"

import { focusManager, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import type { SyncEnd, SyncState, TasksClient } from "../ClientTypes.ts"
import { applyChanges } from "./applyChanges.ts"
import { endFetches, makeRefetch } from "./refetch.ts"

// A refetch for each of many changes would soon meet the rate limit.
const pause = 3_000

const rows = ["projects", "tags", "tasks", "task"]

// A browser opens six connections to a server over HTTP/1.1: hidden tabs must not hold all of them.
const hiddenFor = 30_000

/** Runs a task while the page is visible, and for half a minute after. It runs again when the page is shown again. */
export const whileVisible = (task: (signal: AbortSignal) => Promise<void>) => {
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let hiddenAt = 0
  const stop = () => {
    running?.abort()
    running = undefined
  }
  const update = () => {
    clearTimeout(timer)
    if (!focusManager.isFocused()) {
      hiddenAt = Date.now()
      timer = setTimeout(stop, hiddenFor)
      return
    }
    // A suspended page has no timers, and its connections are dead.
    if (hiddenAt > 0 && Date.now() - hiddenAt > hiddenFor) stop()
    hiddenAt = 0
    if (running === undefined) {
      const started = new AbortController()
      running = started
      void task(started.signal).then(() => running === started && stop())
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
  // A new function in each render must not connect anew.
  const latestOnEnd = useRef(onEnd)
  useEffect(() => {
    latestOnEnd.current = onEnd
  })
  useEffect(() => {
    const refetch = makeRefetch(queries, pause)
    let cursor: string | undefined
    const run = async (signal: AbortSignal) => {
      const end = await client.sync({
        cursor,
        start: "now",
        signal,
        apply: (changes, next, { isReset }) => {
          cursor = next
          const stale = endFetches(queries, rows)
          // The queries may have been fetched before the first cursor.
          refetch.add(...(isReset ? rows : stale))
          if (applyChanges(queries, changes) || isReset) refetch.add("task-count", "trash")
        },
        onState: setState
      })
      setState("connecting")
      if (end.reason !== "aborted") latestOnEnd.current?.(end)
    }
    const stop = whileVisible(run)
    return () => {
      stop()
      refetch.end()
    }
  }, [client, queries])
  return state
}
