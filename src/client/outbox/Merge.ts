import type { Task, TaskUpdate } from "../Types.ts"
import { applyChange } from "./TaskWrite.ts"

export type ChangedField = keyof TaskUpdate

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Order means nothing in a set of tags. */
const valueOf = (task: Task, field: ChangedField) => (field === "tag_ids" ? task.tag_ids.toSorted() : task[field])

export interface Merged {
  /** What is left to change in the current task. */
  readonly change: TaskUpdate
  /** The fields that someone else changed to another value. */
  readonly conflicts: ReadonlyArray<ChangedField>
}

/**
 * Merges a change into a task that has changed since the user saw it, field by field. A field that has the wanted value
 * already needs no change; a field that only the user changed is no conflict.
 */
export const merge = (seen: Task, change: TaskUpdate, current: Task): Merged => {
  const wanted = applyChange(seen, change)
  const left = (Object.keys(change) as Array<ChangedField>).filter(
    (field) => !isEqual(valueOf(wanted, field), valueOf(current, field))
  )
  return {
    change: Object.fromEntries(left.map((field) => [field, change[field]])),
    conflicts: left.filter((field) => !isEqual(valueOf(seen, field), valueOf(current, field)))
  }
}
