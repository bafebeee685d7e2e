import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query"
import type { Listable, TasksClient } from "../ClientTypes.ts"
import type { ListQuery, TaskQuery } from "../Types.ts"

const collect = async <Item>(items: AsyncIterable<Item>) => {
  const all: Array<Item> = []
  for await (const item of items) all.push(item)
  return all
}

const wholeList = <Item>(name: string, { all }: Listable<Item, ListQuery>) =>
  queryOptions({ queryKey: [name], queryFn: ({ signal }) => collect(all({ limit: 200 }, { signal })) })

const everything: ListQuery = {}

/** Query options for TanStack Query: `useInfiniteQuery(queries.tasks({ sort: "due_at" }))`. */
export const makeQueries = (client: TasksClient) => ({
  /** A list of tasks, page by page. */
  tasks: (query: TaskQuery = {}) =>
    infiniteQueryOptions({
      queryKey: ["tasks", query],
      queryFn: ({ pageParam, signal }) => client.tasks.list(pageParam, { signal }),
      initialPageParam: query,
      getNextPageParam: (page) => page.next
    }),
  /** The number of tasks that match a query. */
  taskCount: (query: TaskQuery = {}) =>
    queryOptions({
      queryKey: ["task-count", query],
      queryFn: async ({ signal }) => (await client.tasks.list({ ...query, limit: 1, count: "exact" }, { signal })).total
    }),
  /** One task. */
  task: (id: string) =>
    queryOptions({ queryKey: ["task", id], queryFn: ({ signal }) => client.tasks.get(id, { signal }) }),
  /** All projects. */
  projects: () => wholeList("projects", client.projects),
  /** All tags. */
  tags: () => wholeList("tags", client.tags),
  /** The tasks in the trash, page by page. */
  trash: () =>
    infiniteQueryOptions({
      queryKey: ["trash"],
      queryFn: ({ pageParam, signal }) => client.trash.list(pageParam, { signal }),
      initialPageParam: everything,
      getNextPageParam: (page) => page.next
    })
})

export type Queries = ReturnType<typeof makeQueries>
