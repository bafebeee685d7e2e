import type { Project, Tag, Task } from "effect-tasks/client"
import { applyChange, ConflictError, type OutboxEntry } from "effect-tasks/react"
import { Dialog } from "../parts/Dialog.tsx"
import { formatDue } from "../view/dates.ts"
import styles from "./ConflictDialog.module.css"
import { priorities, statuses } from "./labels.ts"
import { describeRule } from "./recurrence.ts"

interface Props {
  readonly entry: OutboxEntry
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly onKeep: (keep: "mine" | "saved") => void
  readonly onClose: () => void
}

const valuesOf = (task: Task, projects: ReadonlyArray<Project>, tags: ReadonlyArray<Tag>) => ({
  title: task.title,
  description: task.description ?? "None",
  status: statuses[task.status],
  priority: priorities[task.priority],
  due: task.due === null ? "None" : formatDue(task.due, task.due_at),
  due_at: task.due === null ? "None" : formatDue(task.due, task.due_at),
  recurrence: task.recurrence === null ? "Never" : describeRule(task.recurrence),
  parent_id: task.parent_id === null ? "None" : "Another task",
  project_id: projects.find(({ id }) => id === task.project_id)?.name ?? "None",
  tag_ids: task.tag_ids.map((id) => tags.find((tag) => tag.id === id)?.name ?? "?").join(", ") || "None"
})

const labels = {
  title: "Title",
  description: "Description",
  status: "Status",
  priority: "Priority",
  due: "Due",
  due_at: "Due",
  recurrence: "Repeats",
  parent_id: "Subtask of",
  project_id: "Project",
  tag_ids: "Tags"
}

/** Two versions of the fields that two sides changed. Nothing is sent until the user has chosen one. */
export const ConflictDialog = ({ entry: { error, write }, onClose, onKeep, projects, tags }: Props) => {
  if (!(error instanceof ConflictError)) return null
  const change = write.op === "update" ? write.change : {}
  const mine = valuesOf(applyChange(write.task, change), projects, tags)
  const saved = valuesOf(error.current, projects, tags)
  return (
    <Dialog title="This task was changed elsewhere" onClose={onClose}>
      <p>
        {write.op === "delete"
          ? "While you were deleting it, it was changed in another window or on another device."
          : "The same field was changed in another window or on another device. Which version do you want to keep?"}
      </p>
      {error.fields.length > 0 && (
        <table className={styles.versions}>
          <thead>
            <tr>
              <td />
              <th scope="col">Your version</th>
              <th scope="col">Saved version</th>
            </tr>
          </thead>
          <tbody>
            {error.fields.map((field) => (
              <tr key={field}>
                <th scope="row">{labels[field]}</th>
                <td data-changed dir="auto">
                  {mine[field]}
                </td>
                <td dir="auto">{saved[field]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className={styles.buttons}>
        <button type="button" className="primary" onClick={() => onKeep("mine")}>
          {write.op === "delete" ? "Move to the trash" : "Use my version"}
        </button>
        <button type="button" onClick={() => onKeep("saved")}>
          {write.op === "delete" ? "Keep the task" : "Use the saved version"}
        </button>
      </div>
    </Dialog>
  )
}
