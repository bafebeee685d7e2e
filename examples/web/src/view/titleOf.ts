import type { Project, Tag } from "effect-tasks/client"
import type { View } from "./View.ts"

/** The heading of a view. */
export const titleOf = (view: View, projects: ReadonlyArray<Project>, tags: ReadonlyArray<Tag>): string => {
  if (view.page === "trash") return "Trash"
  if (view.project === "none") return "No project"
  if (view.project !== undefined) return projects.find(({ id }) => id === view.project)?.name ?? "Project"
  if (view.tag !== undefined) return tags.find(({ id }) => id === view.tag)?.name ?? "Tag"
  if (view.due === "upcoming") return "Upcoming"
  return view.due === "today" ? "Due today" : "All tasks"
}
