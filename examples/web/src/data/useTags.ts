import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { Tag, TagCreate, TagUpdate } from "effect-tasks/client"
import { client, queries } from "./client.ts"

const byName = (tags: ReadonlyArray<Tag>) => tags.toSorted((a, b) => a.name.localeCompare(b.name))

/** All tags by name. */
export const useTags = (): ReadonlyArray<Tag> => useQuery({ ...queries.tags(), select: byName }).data ?? []

export const useCreateTag = () => {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (tag: TagCreate) => client.tags.create(tag),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["tags"] })
  })
}

export const useUpdateTag = () => {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ id, version, ...change }: TagUpdate & Pick<Tag, "id" | "version">) =>
      client.tags.update(id, change, { ifMatch: version }),
    onSettled: () => cache.invalidateQueries({ queryKey: ["tags"] })
  })
}

/** Its tasks lose the tag. */
export const useDeleteTag = () => {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ id, version }: Tag) => client.tags.delete(id, { ifMatch: version }),
    onSettled: () =>
      Promise.all(["tags", "tasks", "task-count"].map((name) => cache.invalidateQueries({ queryKey: [name] })))
  })
}
