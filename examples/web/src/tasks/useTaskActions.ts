import type { Task, TaskUpdate } from "effect-tasks/client"
import { useWrite } from "effect-tasks/react"
import { useAccountOutbox } from "../data/Account.tsx"
import { useNotices } from "../parts/Notices.tsx"
import { timeZone } from "../view/dates.ts"
import { focusTask } from "../view/focus.ts"

export type Side = "above" | "below"

export interface TaskActions {
  readonly toggle: (task: Task) => void
  readonly update: (task: Task, change: TaskUpdate) => void
  readonly remove: (task: Task) => void
  /** Moves a task one place up or down in the shown list. */
  readonly step: (task: Task, to: Side) => void
  /** Moves a task directly above or below another one. */
  readonly place: (task: Task, to: Side, otherId: string) => void
}

// "My order" is `-position`: a task above follows in the ascending order.
const inOrder = { above: "after", below: "before" } as const

/** What a user can do to the tasks of a list, with the messages that confirm it. */
export const useTaskActions = (tasks: ReadonlyArray<Task>): TaskActions => {
  const write = useWrite(useAccountOutbox())
  const { announce, offerUndo } = useNotices()

  const place: TaskActions["place"] = (task, to, otherId) => {
    const other = tasks.find(({ id }) => id === otherId)
    if (other === undefined) return
    write({ op: "move", task, to: inOrder[to], other })
    announce(`“${task.title}” is now ${to} “${other.title}”.`)
  }

  return {
    place,
    update: (task, change) => void write({ op: "update", task, change }),
    toggle: (task) => {
      const status = task.status === "completed" ? "pending" : "completed"
      const { undo } = write({
        op: "update",
        task,
        change: { status, ...(status === "completed" && { time_zone: timeZone }) }
      })
      const done = task.recurrence === null ? `Completed “${task.title}”.` : `Completed “${task.title}” for now.`
      offerUndo(status === "completed" ? done : `Reopened “${task.title}”.`, undo)
    },
    remove: (task) => {
      const { undo } = write({ op: "delete", task })
      offerUndo(`Moved “${task.title}” to the trash.`, undo)
    },
    step: (task, to) => {
      const at = tasks.findIndex(({ id }) => id === task.id)
      const other = tasks[to === "above" ? at - 1 : at + 1]
      if (other === undefined) return announce(`“${task.title}” is already ${to === "above" ? "first" : "last"}.`)
      place(task, to, other.id)
      focusTask(task.id)
    }
  }
}
