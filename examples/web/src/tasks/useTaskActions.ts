import type { Task, TaskUpdate } from "effect-tasks/client"
import { useTaskWrite } from "../data/useTaskWrites.ts"
import { useNotices } from "../parts/Notices.tsx"
import { focusAfter, focusTask } from "./focus.ts"

export interface TaskActions {
  readonly toggle: (task: Task) => void
  readonly update: (task: Task, change: TaskUpdate) => void
  readonly remove: (task: Task) => void
  /** One place up or down among those that are shown. */
  readonly step: (task: Task, to: "above" | "below") => void
  readonly place: (task: Task, to: "above" | "below", other: Task) => void
}

/** What a person can do to the tasks of a list, with the words that tell them it was done. */
export const useTaskActions = (tasks: ReadonlyArray<Task>): TaskActions => {
  const write = useTaskWrite()
  const { announce, offerUndo } = useNotices()

  const place: TaskActions["place"] = (task, to, other) => {
    write({ op: "move", task, to, other })
    announce(`“${task.title}” is now ${to} “${other.title}”.`)
  }

  return {
    place,
    update: (task, change) => write({ op: "update", task, change }),
    toggle: (task) => {
      const status = task.status === "completed" ? "pending" : "completed"
      write({ op: "update", task, change: { status } })
      const words = status === "completed" ? `Completed “${task.title}”.` : `Opened “${task.title}” again.`
      offerUndo(words, () => write({ op: "update", task: { ...task, status }, change: { status: task.status } }))
    },
    remove: (task) => {
      focusAfter(task.id)
      write({ op: "delete", task })
      offerUndo(`Moved “${task.title}” to the trash.`, () => write({ op: "restore", task }))
    },
    step: (task, to) => {
      const at = tasks.findIndex(({ id }) => id === task.id)
      const other = tasks[to === "above" ? at - 1 : at + 1]
      if (other === undefined) return announce(`“${task.title}” is the ${to === "above" ? "first" : "last"} already.`)
      place(task, to, other)
      focusTask(task.id)
    }
  }
}
