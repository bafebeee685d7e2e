import type { Task, TaskUpdate } from "effect-tasks/client"
import { dayOf, dueOn } from "../view/dates.ts"

const fieldsOf = (task: Task) => ({
  title: task.title,
  description: task.description ?? "",
  day: task.due_at === null ? "" : dayOf(new Date(task.due_at)),
  priority: task.priority,
  status: task.status,
  project_id: task.project_id,
  tag_ids: task.tag_ids
})
export type Fields = ReturnType<typeof fieldsOf>

/** A task in the editor, with the version that it had when the editor opened. */
export interface Edited {
  readonly task: Task
  readonly fields: Fields
}

export const edit = (task: Task): Edited => ({ task, fields: fieldsOf(task) })

/** The fields that the user changed. */
export const changeOf = ({ fields, task }: Edited): TaskUpdate => {
  const before = fieldsOf(task)
  const title = fields.title.trim()
  const isSame = (name: keyof Fields) => JSON.stringify(fields[name]) === JSON.stringify(before[name])
  return {
    ...(title !== before.title && title !== "" && { title }),
    ...(!isSame("description") && { description: fields.description === "" ? null : fields.description }),
    ...(!isSame("day") && { due_at: fields.day === "" ? null : dueOn(fields.day) }),
    ...(!isSame("priority") && { priority: fields.priority }),
    ...(!isSame("status") && { status: fields.status }),
    ...(!isSame("project_id") && { project_id: fields.project_id }),
    ...(!isSame("tag_ids") && { tag_ids: fields.tag_ids })
  }
}
