import type { TaskPriority, TaskQuery } from "effect-tasks/client"
import { dayAfter, timeZone } from "./dates.ts"

/** What the page shows. The address contains all of it: links, reloads and the back button keep it. */
export interface View {
  readonly page: "tasks" | "trash"
  readonly status: "open" | "done" | "all"
  readonly sort: "position" | "due_at" | "priority" | "created_at" | "title"
  readonly due?: "today" | "upcoming" | undefined
  readonly project?: string | undefined
  readonly tag?: string | undefined
  readonly priority?: TaskPriority | undefined
  readonly q?: string | undefined
}

export const home: View = { page: "tasks", status: "open", sort: "position" }

const oneOf = <const Values extends ReadonlyArray<string>>(values: Values, text: string | null) =>
  values.find((value): value is Values[number] => value === text)

export const read = ({ pathname, search }: URL): View => {
  const parameters = new URLSearchParams(search)
  return {
    page: pathname === "/trash" ? "trash" : "tasks",
    status: oneOf(["open", "done", "all"], parameters.get("status")) ?? home.status,
    sort: oneOf(["position", "due_at", "priority", "created_at", "title"], parameters.get("sort")) ?? home.sort,
    due: oneOf(["today", "upcoming"], parameters.get("due")),
    project: parameters.get("project") ?? undefined,
    tag: parameters.get("tag") ?? undefined,
    priority: oneOf(["none", "low", "medium", "high"], parameters.get("priority")),
    q: parameters.get("q") ?? undefined
  }
}

export const write = ({ page, ...rest }: View): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) {
    if (value && value !== home[name as keyof View]) search.set(name, value)
  }
  return (page === "trash" ? "/trash" : "/") + (search.size === 0 ? "" : `?${search}`)
}

const statuses = { open: ["pending", "in_progress"], done: ["completed"] } as const
// The newest and the most important first; due dates and titles ascend.
const sorts = {
  position: "-position",
  priority: "-priority",
  created_at: "-created_at",
  due_at: "due_at",
  title: "title"
} as const

/** Whether a list shows subtasks below their tasks. Other lists show what matches, of every level. */
export const isTree = ({ due, priority, q, status, tag }: Omit<View, "page" | "sort">) =>
  due === undefined && priority === undefined && tag === undefined && !q?.trim() && status === "open"

/** The query of a view. `today` is what `useToday` returns. */
export const queryOf = ({ due, priority, project, q, sort, status, tag }: View, today: string): TaskQuery => ({
  limit: 50,
  sort: sorts[sort],
  ...(status !== "all" && { status: statuses[status] }),
  time_zone: timeZone,
  ...(due === "today" && { due_before: dayAfter(today) }),
  ...(due === "upcoming" && { due_after: today }),
  ...(isTree({ due, priority, q, tag, status }) && { parent_id: "none" }),
  ...(project !== undefined && { project_id: project }),
  ...(tag !== undefined && { tag_id: [tag] }),
  ...(priority !== undefined && { priority }),
  ...(q?.trim() && { q: q.trim() })
})

/** The query of the subtasks of a task. */
export const subtasksOf = (parent_id: string): TaskQuery => ({ limit: 50, sort: sorts.position, parent_id })

/** Whether filters hide tasks that belong under the heading. */
export const isFiltered = ({ priority, q, status, tag }: View) =>
  priority !== undefined || Boolean(q?.trim()) || status !== "open" || tag !== undefined
