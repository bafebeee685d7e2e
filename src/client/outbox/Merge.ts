import type { Task, TaskUpdate } from "../Types.ts"
import { applyChange } from "./TaskWrite.ts"

export type ChangedField = Exclude<keyof TaskUpdate, "time_zone">

export const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** The order of tags has no meaning, and `due_at` follows from `due`. */
const valueOf = (task: Task, field: ChangedField) => {
  if (field === "tag_ids") return task.tag_ids.toSorted()
  return field === "due_at" ? task.due : task[field]
}

/** Whether another device completed the occurrence that the user saw, so that the task has moved to the next one. */
const isAlreadyCompleted = (seen: Task, { status }: TaskUpdate, current: Task) =>
  status === "completed" && current.recurrence !== null && !isEqual(seen.due, current.due)

/**
 * Merges a change into a task that has changed since the user saw it, field by field. A field that has the wanted value
 * already needs no change; a field that only the user changed is no conflict.
 */
export const merge = (seen: Task, change: TaskUpdate, current: Task) => {
  const wanted = applyChange(seen, change)
  const { time_zone, ...fields } = change
  const left = (Object.keys(fields) as Array<ChangedField>).filter(
    (field) =>
      !isEqual(valueOf(wanted, field), valueOf(current, field)) &&
      !(field === "status" && isAlreadyCompleted(seen, change, current))
  )
  return {
    /** What is left to change in the current task. */
    change: {
      ...Object.fromEntries(left.map((field) => [field, change[field]])),
      ...(left.includes("status") && time_zone !== undefined && { time_zone })
    },
    /** The fields that another device changed to another value. */
    conflicts: left.filter((field) => !isEqual(valueOf(seen, field), valueOf(current, field)))
  }
}
