import type { InfiniteData, QueryClient } from "@tanstack/react-query"
import type { Page } from "../ClientTypes.ts"
import type { Task, TaskQuery } from "../Types.ts"

type Pages = InfiniteData<Page<Task, TaskQuery>, TaskQuery>

/** Changes the tasks of every cached list. `isComplete` says whether its last page is loaded. Each page keeps its number of tasks; the last one takes the others. */
export const updateTaskLists = (
  queries: QueryClient,
  update: (tasks: ReadonlyArray<Task>, query: TaskQuery, isComplete: boolean) => ReadonlyArray<Task>
) => {
  for (const [key, data] of queries.getQueriesData<Pages>({ queryKey: ["tasks"] })) {
    const last = data?.pages.at(-1)
    if (data === undefined || last === undefined) continue
    const tasks = data.pages.flatMap((page) => page.items)
    const items = update(tasks, key[1] as TaskQuery, last.next === undefined)
    if (items === tasks) continue
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
