import type { QueryClient } from "@tanstack/react-query"
import { applyWrite, type Outbox } from "../outbox/index.ts"
import { updateTaskLists } from "./taskLists.ts"

// One refetch after a series of writes: a refetch for each would soon meet the rate limit.
const quietPeriod = 2_000

/**
 * Applies each write that an outbox confirms to every cached list, so that no row jumps back until the list is fetched
 * again. Returns a function that ends this.
 */
export const connectOutbox = (outbox: Outbox, queries: QueryClient): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const refetch = () => {
    if (outbox.entries().some(({ status }) => status === "sending")) return
    for (const name of ["tasks", "task", "task-count", "trash"]) void queries.invalidateQueries({ queryKey: [name] })
  }
  const end = outbox.onResult((write, result) => {
    updateTaskLists(queries, (tasks, query) => applyWrite(tasks, write, query, result))
    clearTimeout(timer)
    timer = setTimeout(refetch, quietPeriod)
  })
  return () => {
    clearTimeout(timer)
    end()
  }
}
