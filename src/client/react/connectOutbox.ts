import type { InfiniteData, QueryClient } from "@tanstack/react-query"
import type { Page } from "../ClientTypes.ts"
import { applyWrite, type Outbox, type TaskWrite } from "../outbox/index.ts"
import type { Task, TaskQuery } from "../Types.ts"

type Pages = InfiniteData<Page<Task, TaskQuery>, TaskQuery>

/** Applies a confirmed write to every cached list, so that no row jumps back until the list is fetched again. */
const updateLists = (queries: QueryClient, write: TaskWrite, result: Task | undefined) => {
  for (const [key, data] of queries.getQueriesData<Pages>({ queryKey: ["tasks"] })) {
    const last = data?.pages.at(-1)
    if (data === undefined || last === undefined) continue
    const items = applyWrite(
      data.pages.flatMap((page) => page.items),
      write,
      key[1] as TaskQuery,
      result
    )
    let start = 0
    const pages = data.pages.map((page) => {
      const end = page === last ? items.length : start + page.items.length
      const part = { ...page, items: items.slice(start, end) }
      start = end
      return part
    })
    queries.setQueryData(key, { ...data, pages })
  }
}

// One refetch after a series of writes: a refetch for each would soon meet the rate limit.
const quietPeriod = 2_000

/** Updates the cached queries from the results of an outbox. Returns a function that ends this. */
export const connectOutbox = (outbox: Outbox, queries: QueryClient): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const refetch = () => {
    if (outbox.entries().some(({ status }) => status === "sending")) return
    for (const name of ["tasks", "task", "task-count", "trash"]) void queries.invalidateQueries({ queryKey: [name] })
  }
  const end = outbox.onResult((write, result) => {
    updateLists(queries, write, result)
    clearTimeout(timer)
    timer = setTimeout(refetch, quietPeriod)
  })
  return () => {
    clearTimeout(timer)
    end()
  }
}
