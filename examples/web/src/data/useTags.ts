import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { Tag, TagCreate } from "effect-tasks/client"
import { client } from "./client.ts"

const queryKey = ["tags"]

export const useTags = (): ReadonlyArray<Tag> =>
  useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const tags = await Array.fromAsync(client.tags.all({ limit: 200 }, { signal }))
      return tags.toSorted((a, b) => a.name.localeCompare(b.name))
    }
  }).data ?? []

export const useCreateTag = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (tag: TagCreate) => client.tags.create(tag),
    onSuccess: () => queries.invalidateQueries({ queryKey })
  })
}

/** It is taken from its tasks. */
export const useDeleteTag = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, version }: Tag) => client.tags.delete(id, { ifMatch: version }),
    onSettled: () =>
      Promise.all([queries.invalidateQueries({ queryKey }), queries.invalidateQueries({ queryKey: ["tasks"] })])
  })
}
