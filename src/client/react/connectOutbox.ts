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
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(refetch, quietPeriod)
  }
  const refetch = () => {
    if (outbox.entries().some(({ status }) => status === "sending")) wait()
    else add("tasks", "task", "task-count", "trash")
  }
  const stop = outbox.onResult((write, result) => {
    endFetches(queries, ["tasks", "task"])
    // The response to a request for a further page brings the pages before it as they were when it began.
    if (queries.isFetching({ queryKey: ["tasks"] }) > 0) add("tasks")
    updateTaskLists(queries, (tasks, query) => applyWrite(tasks, write, query, result))
    wait()
  })
  return () => {
    clearTimeout(timer)
    end()
    stop()
  }
}
