import type { QueryClient } from "@tanstack/react-query"
import { applyWrite } from "../outbox/index.ts"
import type { Change, Project, Tag, Task } from "../Types.ts"
import { updateTaskLists } from "./taskLists.ts"

type Row = Project | Tag | Task

/** Whether a cache has this version of a row already, as after a write of this page. */
const isKnown = (rows: ReadonlyArray<Row>, row: Row | undefined) =>
  row !== undefined && rows.some(({ id, version }) => id === row.id && version >= row.version)

/** Shows a task, or removes it. Returns whether any of the cached lists was changed by it. */
const applyToTasks = (queries: QueryClient, id: string, task: Task | undefined, isRemoved: boolean) => {
  let isNew = false
  updateTaskLists(queries, (tasks, query, isComplete) => {
    if (isKnown(tasks, task)) return tasks
    const isHere = tasks.some((other) => other.id === id)
    isNew ||= isHere || !isRemoved
    if (task === undefined || isRemoved) return isHere ? tasks.filter((other) => other.id !== id) : tasks
    const shown = applyWrite(tasks, { op: "update", task, change: {} }, query, task)
    // A further page has a task that comes after the loaded ones.
    return isComplete || isHere || shown.at(-1) !== task ? shown : tasks
  })
  const queryKey = ["task", id]
  const last = queries.getQueryData<Task>(queryKey)
  if (last === undefined || isKnown([last], task)) return isNew
  if (isRemoved) void queries.resetQueries({ queryKey })
  else queries.setQueryData(queryKey, task)
  return isNew
}

const applyToRows = (queries: QueryClient, name: string, id: string, row: Row | undefined) =>
  queries.setQueryData<ReadonlyArray<Row>>([name], (rows) => {
    if (rows === undefined || isKnown(rows, row)) return rows
    const others = rows.filter((other) => other.id !== id)
    return row === undefined ? others : [...others, row]
  })

/** Shows changes in the cached queries without a request. Returns whether there are tasks that this page did not know. */
export const applyChanges = (queries: QueryClient, changes: ReadonlyArray<Change>): boolean => {
  let hasNewTasks = false
  for (const change of changes) {
    const { op, type } = change
    const row = op === "delete" ? undefined : change.value
    const id = op === "delete" ? change.id : change.value.id
    if (type !== "task") applyToRows(queries, `${type}s`, id, row)
    else if (applyToTasks(queries, id, row as Task | undefined, op !== "upsert")) hasNewTasks = true
  }
  return hasNewTasks
}
