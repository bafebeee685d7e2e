import type { QueryClient } from "@tanstack/react-query"
import { applyWrite, type Outbox } from "../outbox/index.ts"
import { endFetches, makeRefetch } from "./refetch.ts"
import { updateTaskLists } from "./taskLists.ts"

// One refetch after a series of writes: a refetch for each would soon meet the rate limit.
const quietPeriod = 2_000

/**
 * Applies each write that an outbox confirms to every cached list, so that no row jumps back until the list is fetched
 * again. Returns a function that ends this.
 */
export const connectOutbox = (outbox: Outbox, queries: QueryClient): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const { add, end } = makeRefetch(queries, quietPeriod)
  const refetch = () => {
    if (outbox.entries().some(({ status }) => status === "sending")) return
    add("tasks", "task", "task-count", "trash")
  }
  const stop = outbox.onResult((write, result) => {
    endFetches(queries, ["tasks", "task"])
    updateTaskLists(queries, (tasks, query) => applyWrite(tasks, write, query, result))
    clearTimeout(timer)
    timer = setTimeout(refetch, quietPeriod)
  })
  return () => {
    clearTimeout(timer)
    end()
    stop()
  }
}
