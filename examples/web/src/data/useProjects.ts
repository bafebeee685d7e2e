import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { Project, ProjectCreate } from "effect-tasks/client"
import { client } from "./client.ts"

const queryKey = ["projects"]

export const useProjects = (): ReadonlyArray<Project> =>
  useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const projects = await Array.fromAsync(client.projects.all({ limit: 200 }, { signal }))
      return projects.filter(({ archived }) => !archived).toSorted((a, b) => a.name.localeCompare(b.name))
    }
  }).data ?? []

export const useCreateProject = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (project: ProjectCreate) => client.projects.create(project),
    onSuccess: () => queries.invalidateQueries({ queryKey })
  })
}

/** Its tasks stay, without a project. */
export const useDeleteProject = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, version }: Project) => client.projects.delete(id, { ifMatch: version }),
    onSettled: () =>
      Promise.all([queries.invalidateQueries({ queryKey }), queries.invalidateQueries({ queryKey: ["tasks"] })])
  })
}
