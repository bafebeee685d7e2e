import { type Due, isBlank, type Task, type TaskUpdate } from "effect-tasks/client"
import { timeZone } from "../view/dates.ts"

const fieldsOf = (task: Task) => ({
  title: task.title,
  description: task.description ?? "",
  day: task.due?.date ?? "",
  time: task.due?.time ?? "",
  /** Empty for a time that is meant wherever the user is. */
  time_zone: task.due?.time_zone ?? "",
  rrule: task.recurrence?.rrule ?? "",
  anchor: task.recurrence?.anchor ?? "due",
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

const dueOf = ({ day, time, time_zone }: Fields): Due | null => {
  if (day === "") return null
  if (time === "") return { date: day }
  return time_zone === "" ? { date: day, time } : { date: day, time, time_zone }
}

/** The fields that the user changed. */
export const changeOf = ({ fields, task }: Edited): TaskUpdate => {
  const before = fieldsOf(task)
  const title = fields.title.trim()
  const isSame = (name: keyof Fields) => JSON.stringify(fields[name]) === JSON.stringify(before[name])
  return {
    ...(title !== before.title && !isBlank(title) && { title }),
    ...(!isSame("description") && { description: fields.description === "" ? null : fields.description }),
    ...(!(isSame("day") && isSame("time") && isSame("time_zone")) && { due: dueOf(fields) }),
    ...(!(isSame("rrule") && isSame("anchor")) && {
      recurrence: fields.rrule === "" ? null : { rrule: fields.rrule, anchor: fields.anchor }
    }),
    // It says what day it is when a task repeats after its completion.
    ...(fields.status === "completed" && !isSame("status") && { time_zone: timeZone }),
    ...(!isSame("priority") && { priority: fields.priority }),
    ...(!isSame("status") && { status: fields.status }),
    ...(!isSame("project_id") && { project_id: fields.project_id }),
    ...(!isSame("tag_ids") && { tag_ids: fields.tag_ids })
  }
}
