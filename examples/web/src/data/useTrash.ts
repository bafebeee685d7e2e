import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import type { PlainQuery } from "effect-tasks/client"
import { client } from "./client.ts"
import { usePendingWrites } from "./useTaskWrites.ts"

const everything: PlainQuery = {}

/** The tasks that were put away, without those that are on their way back. */
export const useTrash = () => {
  const list = useInfiniteQuery({
    queryKey: ["trash"],
    queryFn: ({ pageParam, signal }) => client.trash.list(pageParam, { signal }),
    initialPageParam: everything,
    getNextPageParam: (page) => page.next
  })
  const restored = usePendingWrites().flatMap((write) => (write.op === "restore" ? [write.task.id] : []))
  const tasks = (list.data?.pages ?? []).flatMap(({ items }) => items).filter(({ id }) => !restored.includes(id))
  return { ...list, tasks }
}

/** For good. */
export const usePurge = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => client.trash.delete(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ["trash"] })
  })
}
