import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query"
import type { TaskQuery } from "effect-tasks/client"
import { useMemo } from "react"
import { client } from "./client.ts"
import { applyWrite } from "./TaskWrite.ts"
import { usePendingWrites } from "./useTaskWrites.ts"

/** A list of tasks, page by page, as it is once everything that is under way is done. */
export const useTasks = (query: TaskQuery) => {
  const list = useInfiniteQuery({
    queryKey: ["tasks", query],
    queryFn: ({ pageParam, signal }) => client.tasks.list(pageParam, { signal }),
    initialPageParam: query,
    getNextPageParam: (page) => page.next,
    // A search shows what it had found until it finds the next.
    placeholderData: keepPreviousData
  })
  const writes = usePendingWrites()
  const { data } = list
  const tasks = useMemo(() => {
    // Rows that come and go between two pages are seen once.
    const seen = new Map(data?.pages.flatMap(({ items }) => items.map((task) => [task.id, task] as const)))
    return writes.reduce((shown, write) => applyWrite(shown, write, query), [...seen.values()] as const)
  }, [data, writes, query])
  return { ...list, tasks }
}
