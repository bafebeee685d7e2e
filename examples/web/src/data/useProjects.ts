import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { Project, ProjectCreate, ProjectUpdate } from "effect-tasks/client"
import { client, queries } from "./client.ts"

const byName = (projects: ReadonlyArray<Project>) => projects.toSorted((a, b) => a.name.localeCompare(b.name))

/** All projects by name, with the archived ones. */
export const useProjects = (): ReadonlyArray<Project> => useQuery({ ...queries.projects(), select: byName }).data ?? []

const useInvalidate = () => {
  const cache = useQueryClient()
  return (...names: ReadonlyArray<string>) =>
    Promise.all(names.map((name) => cache.invalidateQueries({ queryKey: [name] })))
}

export const useCreateProject = () => {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (project: ProjectCreate) => client.projects.create(project),
    onSuccess: () => invalidate("projects")
  })
}

export const useUpdateProject = () => {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: ({ id, version, ...change }: ProjectUpdate & Pick<Project, "id" | "version">) =>
      client.projects.update(id, change, { ifMatch: version }),
    onSettled: () => invalidate("projects")
  })
}

/** The tasks of a deleted project stay, without a project. */
export const useDeleteProject = () => {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: ({ id, version }: Project) => client.projects.delete(id, { ifMatch: version }),
    onSettled: () => invalidate("projects", "tasks", "task-count")
  })
}
