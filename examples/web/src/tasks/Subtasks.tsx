import { isBlank, newId, type Task } from "effect-tasks/client"
import { newTask, useTasks } from "effect-tasks/react"
import { type FormEvent, type KeyboardEvent, useMemo, useState } from "react"
import { useAccountOutbox } from "../data/Account.tsx"
import { queries } from "../data/client.ts"
import { useNotices } from "../parts/Notices.tsx"
import { focusTask } from "../view/focus.ts"
import { subtasksOf } from "../view/View.ts"
import styles from "./Subtasks.module.css"
import { type RowsProps, TaskRows } from "./TaskRows.tsx"
import { useTaskActions } from "./useTaskActions.ts"

interface Props extends Omit<RowsProps, "tasks" | "actions" | "canMove" | "parent"> {
  readonly parent: Task
  readonly onClose: () => void
}

/** The subtasks of a task, and a field to add one. */
export const Subtasks = ({ onClose, parent, ...props }: Props) => {
  const [title, setTitle] = useState("")
  const outbox = useAccountOutbox()
  const { announce } = useNotices()
  const query = useMemo(() => subtasksOf(parent.id), [parent.id])
  const { tasks } = useTasks(queries, outbox, query)
  const actions = useTaskActions(tasks)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isBlank(title)) return
    const fields = { id: newId(), title: title.trim(), parent_id: parent.id, project_id: parent.project_id }
    outbox.add(newTask(fields))
    setTitle("")
    announce(`Added “${fields.title}” to “${parent.title}”.`)
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return
    onClose()
    focusTask(parent.id)
  }

  return (
    <li className={styles.below}>
      <ul aria-label={`Subtasks of ${parent.title}`}>
        <TaskRows {...props} parent={parent} tasks={tasks} actions={actions} canMove />
      </ul>
      <form onSubmit={submit}>
        <input
          id={`add-to-${parent.id}`}
          aria-label={`New subtask of ${parent.title}`}
          placeholder="Add a subtask"
          dir="auto"
          value={title}
          maxLength={200}
          autoComplete="off"
          enterKeyHint="done"
          onChange={(event) => setTitle(event.target.value)}
          onKeyDown={press}
        />
      </form>
    </li>
  )
}
