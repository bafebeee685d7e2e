import type { QueryClient } from "@tanstack/react-query"
import { applyWrite } from "../outbox/index.ts"
import type { Change, Project, Tag, Task } from "../Types.ts"
import { updateTaskLists } from "./taskLists.ts"

type Row = Project | Tag | Task

type ChangeOf<Type> = Extract<Change, { readonly type: Type }> | Extract<Change, { readonly op: "delete" }>

/** Whether a cache has this row already, as after a write of this page. */
const isKnown = (rows: ReadonlyArray<Row>, row: Row) =>
  rows.some(({ id, version }) => id === row.id && version >= row.version)

/** Applies a change to the cached lists. Returns whether any of them was changed by it. */
const applyToTasks = (queries: QueryClient, change: ChangeOf<"task">) => {
  let isNew = false
  updateTaskLists(queries, (tasks, query, isComplete) => {
    const isHere = (id: string) => tasks.some((task) => task.id === id)
    if (change.op !== "delete" && isKnown(tasks, change.value)) return tasks
    if (change.op !== "upsert") {
      const id = change.op === "delete" ? change.id : change.value.id
      isNew ||= isHere(id)
      return isHere(id) ? tasks.filter((task) => task.id !== id) : tasks
    }
    const { value } = change
    isNew = true
    if (query.q !== undefined) return applyWrite(tasks, { op: "update", task: value, change: {} }, query, value)
    const shown = applyWrite(tasks, { op: "restore", task: value }, query)
    // A further page has a task that comes after the loaded ones.
    return isComplete || isHere(value.id) || shown.at(-1) !== value ? shown : tasks
  })
  const task = change.op === "upsert" ? change.value : undefined
  if (task !== undefined) {
    queries.setQueryData<Task>(["task", task.id], (last) => (last === undefined || isKnown([last], task) ? last : task))
  }
  return isNew
}

const applyToRows = (queries: QueryClient, name: string, change: ChangeOf<"project" | "tag">) =>
  queries.setQueryData<ReadonlyArray<Row>>([name], (rows) => {
    if (rows === undefined || (change.op !== "delete" && isKnown(rows, change.value))) return rows
    const id = change.op === "delete" ? change.id : change.value.id
    const others = rows.filter((row) => row.id !== id)
    return change.op === "delete" ? others : [...others, change.value]
  })

/** Shows changes in the cached queries without a request. Returns whether there are tasks that this page did not know. */
export const applyChanges = (queries: QueryClient, changes: ReadonlyArray<Change>): boolean => {
  let hasNewTasks = false
  for (const change of changes) {
    if (change.type === "project") applyToRows(queries, "projects", change)
    else if (change.type === "tag") applyToRows(queries, "tags", change)
    else if (change.type === "task") hasNewTasks = applyToTasks(queries, change) || hasNewTasks
  }
  return hasNewTasks
}
