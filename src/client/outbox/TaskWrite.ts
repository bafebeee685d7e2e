import { dueLimit, givenDue, instantOf, localTimestamp, toPlainTime } from "../../domain/DueTime.ts"
import { instantAt } from "../../domain/TimeZone.ts"
import type { Due, Task, TaskCreate, TaskQuery, TaskSortField, TaskUpdate } from "../Types.ts"

/** A change that a user made to a task. `task` is the task as the user saw it. */
export type TaskWrite =
  | { readonly op: "create"; readonly task: Task; readonly fields: TaskCreate & { readonly id: string } }
  | { readonly op: "update"; readonly task: Task; readonly change: TaskUpdate }
  | {
      readonly op: "move"
      readonly task: Task
      /** On which side of `other`, in a list with `sort: "position"`. */
      readonly to: "before" | "after"
      readonly other: Task
      /** Where the task was, for undo. */
      readonly from?: { readonly to: "before" | "after"; readonly other: Task }
    }
  | { readonly op: "delete"; readonly task: Task }
  | { readonly op: "restore"; readonly task: Task }

const toUtc = (value: Date | string) => new Date(value).toISOString()

/** The due date of a change, if it has one, as the server would return it. */
const dueFields = ({ due, due_at }: TaskUpdate) => {
  const given = givenDue({ due, due_at: due_at && toUtc(due_at) })
  if (given === undefined) return {}
  if (given === null) return { due: null, due_at: null }
  const { date, time, time_zone } = given
  const dueAsSent: Due = {
    date,
    ...(time !== undefined && { time: toPlainTime(time) }),
    ...(time_zone !== undefined && { time_zone })
  }
  return { due: dueAsSent, due_at: instantOf(given) ?? null }
}

/** A task with a change applied, as the server would return it. */
export const applyChange = (task: Task, change: TaskUpdate): Task => {
  const { due, due_at, time_zone, ...fields } = change
  const { description, recurrence, status, title } = fields
  return {
    ...task,
    ...fields,
    ...dueFields(change),
    ...(title !== undefined && { title: title.trim().normalize() }),
    ...(description && { description: description.normalize() }),
    ...(recurrence && { recurrence: { rrule: recurrence.rrule, anchor: recurrence.anchor } }),
    ...(status !== undefined && { completed_at: status === "completed" ? task.updated_at : null })
  }
}

/** A write that creates a task with an id of its own, to be shown before the server responds. */
export const newTask = (fields: TaskCreate & { readonly id: string }): TaskWrite => {
  const now = new Date().toISOString()
  const { id, title } = fields
  const task: Task = {
    id,
    title,
    description: null,
    status: "pending",
    priority: "none",
    due: null,
    due_at: null,
    recurrence: null,
    project_id: null,
    parent_id: null,
    subtasks: { total: 0, completed: 0 },
    tag_ids: [],
    position: "",
    completed_at: null,
    version: 1,
    user_id: "",
    created_at: now,
    updated_at: now
  }
  return { op: "create", fields, task: applyChange(task, fields) }
}

/** The write that reverses another one, or `undefined` if there is none. */
export const undoOf = (write: TaskWrite): TaskWrite | undefined => {
  const { task } = write
  switch (write.op) {
    case "create":
    case "restore":
      return { op: "delete", task }
    case "delete":
      return { op: "restore", task }
    case "move":
      return write.from && { op: "move", task, ...write.from }
    case "update": {
      const { due_at, time_zone, ...others } = write.change
      const names = Object.keys(due_at === undefined ? others : { ...others, due: null }) as Array<keyof typeof others>
      // A completed occurrence gets its due date back.
      const due =
        write.change.status === "completed" && task.recurrence !== null ? (["due", "recurrence"] as const) : []
      const change: TaskUpdate = Object.fromEntries([...names, ...due].map((name) => [name, task[name]]))
      return { op: "update", task: applyChange(task, write.change), change }
    }
  }
}

/** Whether a task is due before or after a time, or a day. */
const isDue = (task: Task, text: Date | string | undefined, side: "before" | "after", zone = "UTC") => {
  if (text === undefined) return true
  if (task.due === null) return false
  const limit = dueLimit(/^....-..-..$/.test(String(text)) ? String(text) : toUtc(text), zone, side === "after")
  const [due, other] = task.due_at === null ? [localTimestamp(task.due), limit.local] : [task.due_at, limit.instant]
  return side === "before" ? due < other : due > other
}

/** When a task is due for a user in a time zone. */
const momentOfDue = ({ due, due_at }: Task, zone = "UTC") =>
  due_at === null ? due && instantAt(zone, Date.parse(localTimestamp(due))) : Date.parse(due_at)

/** Whether a list shows the task, as far as a client can know: only the server can search. */
const matches = (
  task: Task,
  { due_after, due_before, parent_id, priority, project_id, status, tag_id, time_zone }: TaskQuery
) =>
  (status === undefined || status.includes(task.status)) &&
  (priority === undefined || priority === task.priority) &&
  (project_id === undefined || (project_id === "none" ? null : project_id) === task.project_id) &&
  (parent_id === undefined || (parent_id === "none" ? null : parent_id) === task.parent_id) &&
  (tag_id === undefined || tag_id.every((id) => task.tag_ids.includes(id))) &&
  isDue(task, due_before, "before", time_zone) &&
  isDue(task, due_after, "after", time_zone)

const priorities = ["none", "low", "medium", "high"]

/** What a list is sorted by. */
const keyOf = (row: Task, { sort = "-created_at", time_zone }: TaskQuery) => {
  const field = sort.replace("-", "") as TaskSortField
  if (field === "due_at") return momentOfDue(row, time_zone)
  if (field === "title") return row.title.toLowerCase()
  if (field === "priority") return priorities.indexOf(row.priority)
  // A task that the server does not have yet is the newest: the clock of this device may be wrong.
  return row.position === "" ? "~" : row[field]
}

/** The list with a task at its place. Only the server knows whether a search finds it. */
const insert = (tasks: ReadonlyArray<Task>, task: Task, query: TaskQuery): ReadonlyArray<Task> => {
  if (query.q !== undefined || !matches(task, query)) return tasks
  const { sort = "-" } = query
  const key = keyOf(task, query)
  const at = tasks.findIndex((row) => {
    const other = keyOf(row, query)
    // Rows without a due date come last.
    return key !== null && (other === null || (sort.startsWith("-") ? key >= other : key < other))
  })
  return tasks.toSpliced(at === -1 ? tasks.length : at, 0, task)
}

/** The list after a write. `result` is the task that the server returned, once it has. */
export const applyWrite = (
  tasks: ReadonlyArray<Task>,
  write: TaskWrite,
  query: TaskQuery,
  result?: Task
): ReadonlyArray<Task> => {
  const { id } = write.task
  const shown = tasks.find((task) => task.id === id)
  // Another device may have changed it again before the response arrived.
  if (shown && result && shown.version > result.version) return tasks
  const others = tasks.filter((task) => task.id !== id)
  switch (write.op) {
    case "create":
    case "restore":
      return insert(others, result ?? write.task, query)
    case "update": {
      const changed = result ?? applyChange(shown ?? write.task, write.change)
      const isInPlace = shown && (query.q !== undefined || keyOf(shown, query) === keyOf(changed, query))
      if (!isInPlace) return insert(shown ? others : tasks, changed, query)
      return matches(changed, query) ? tasks.map((task) => (task === shown ? changed : task)) : others
    }
    case "delete":
      return others
    case "move": {
      if (shown === undefined) return tasks
      const at = others.findIndex((task) => task.id === write.other.id)
      // Other lists have an order of their own.
      if (at === -1 || !query.sort?.endsWith("position")) {
        return result === undefined ? tasks : tasks.map((task) => (task.id === id ? result : task))
      }
      // A descending list shows the following tasks on the left.
      const isLeft = (write.to === "before") === (query.sort !== "-position")
      return others.toSpliced(isLeft ? at : at + 1, 0, result ?? shown)
    }
  }
}
