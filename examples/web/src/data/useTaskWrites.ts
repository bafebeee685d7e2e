import {
  type InfiniteData,
  type Mutation,
  type QueryClient,
  useMutation,
  useMutationState,
  useQueryClient
} from "@tanstack/react-query"
import { isProblem, type Page, type Task, type TaskQuery } from "effect-tasks/client"
import { client } from "./client.ts"
import { applyWrite, type TaskWrite } from "./TaskWrite.ts"

const mutationKey = ["write"]

/** Which version our own writes made of which: a change that was meant for the older one is meant for the newer. */
const ownVersions = new Map<string, number>()

const versionFor = ({ id, version }: Task) => {
  let latest = version
  for (let next: number | undefined = latest; next !== undefined; next = ownVersions.get(`${id} ${latest}`))
    latest = next
  return latest
}

const send = async (write: TaskWrite): Promise<Task | undefined> => {
  const { id } = write.task
  const ifMatch = versionFor(write.task)
  switch (write.op) {
    case "create":
      // One name for one task: sent again after a lost answer, it makes no second one.
      return client.tasks.create(write.fields, { idempotencyKey: id })
    case "update": {
      const task = await client.tasks.update(id, write.change, { ifMatch })
      ownVersions.set(`${id} ${ifMatch}`, task.version)
      return task
    }
    case "move": {
      // Where the list shows a task above, its place is after: the list begins with the last.
      const task = await client.tasks.move(
        id,
        write.to === "above" ? { after: write.other.id } : { before: write.other.id }
      )
      if (task.version === ifMatch + 1) ownVersions.set(`${id} ${ifMatch}`, task.version)
      return task
    }
    case "delete":
      try {
        await client.tasks.delete(id, { ifMatch })
      } catch (error) {
        // Gone is what it should be.
        if (!isProblem(error, "TASK_NOT_FOUND")) throw error
      }
      return undefined
    case "restore":
      return client.tasks.restore(id)
  }
}

type Pages = InfiniteData<Page<Task, TaskQuery>, TaskQuery>

/** Into every list at once, so that nothing jumps back until they are fetched anew. */
const settle = (queries: QueryClient, write: TaskWrite, result: Task | undefined) => {
  for (const [key, data] of queries.getQueriesData<Pages>({ queryKey: ["tasks"] })) {
    const query = key[1] as TaskQuery
    const sizes = data?.pages.map(({ items }) => items.length) ?? []
    if (data === undefined) continue
    const items = applyWrite(
      data.pages.flatMap((page) => page.items),
      write,
      query,
      result
    )
    let start = 0
    const pages = data.pages.map((page, n) => {
      const end = n === sizes.length - 1 ? items.length : start + (sizes[n] ?? 0)
      const part = { ...page, items: items.slice(start, end) }
      start = end
      return part
    })
    queries.setQueryData(key, { ...data, pages })
  }
}

/** Does what a person did, one after the other, and keeps what failed until it is done or given up. */
export const useTaskWrite = () => {
  const queries = useQueryClient()
  return useMutation<Task | undefined, Error, TaskWrite>({
    mutationKey,
    mutationFn: send,
    scope: { id: "writes" },
    gcTime: Number.POSITIVE_INFINITY,
    onSuccess: (result, write) => settle(queries, write, result),
    onSettled: () => {
      // The last of several asks for all of them.
      if (queries.isMutating({ mutationKey }) > 1) return
      void queries.invalidateQueries({ queryKey: ["tasks"] })
      void queries.invalidateQueries({ queryKey: ["trash"] })
    }
  }).mutate
}

type WriteMutation = Mutation<Task | undefined, Error, TaskWrite>

export interface FailedWrite {
  readonly write: TaskWrite
  readonly error: Error
  readonly key: number
  readonly discard: () => void
}

/** The writes that the service has not acknowledged: still under way, or failed. Lists are shown with them done. */
export const usePendingWrites = (): ReadonlyArray<TaskWrite> =>
  useMutationState({
    filters: { mutationKey, predicate: ({ state }) => state.status === "pending" || state.status === "error" },
    select: (mutation: WriteMutation) => mutation.state.variables
  }).filter((write) => write !== undefined)

/** The writes that failed. None of them is lost: each is sent again or given up by the person. */
export const useFailedWrites = (): ReadonlyArray<FailedWrite> => {
  const cache = useQueryClient().getMutationCache()
  return useMutationState({
    filters: { mutationKey, status: "error" },
    select: (mutation: WriteMutation) => mutation
  }).flatMap((mutation) => {
    const { error, variables } = mutation.state
    if (variables === undefined || error === null) return []
    const discard = () => cache.remove(mutation)
    return [{ write: variables, error, key: mutation.mutationId, discard }]
  })
}
