import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { isApiError } from "effect-tasks/client"
import { useOutbox } from "effect-tasks/react"
import { useAccountOutbox } from "./Account.tsx"
import { client, queries } from "./client.ts"

/** The tasks in the trash, without those that are being restored. */
export const useTrash = () => {
  const list = useInfiniteQuery(queries.trash())
  const restored = useOutbox(useAccountOutbox()).flatMap(({ write }) => (write.op === "restore" ? [write.task.id] : []))
  const tasks = (list.data?.pages ?? []).flatMap(({ items }) => items).filter(({ id }) => !restored.includes(id))
  return { ...list, tasks }
}

/** Another window may have deleted the task, and a task takes its subtasks with it. */
const purge = (id: string) =>
  client.trash.delete(id).catch((error: unknown) => {
    if (!isApiError(error, "TASK_NOT_FOUND")) throw error
  })

/** Deletes tasks permanently: one, or all of them. */
export const usePurge = () => {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: async (id: string | "all") => {
      if (id !== "all") return purge(id)
      const tasks = await Array.fromAsync(client.trash.all({ limit: 200 }))
      for (const task of tasks) await purge(task.id)
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["trash"] })
  })
}
