import { isProblem, type Project, type Tag, type Task } from "effect-tasks/client"
import { changed, type TaskWrite } from "../data/TaskWrite.ts"
import type { FailedWrite } from "../data/useTaskWrites.ts"
import { Dialog } from "../parts/Dialog.tsx"
import { dueWords } from "../view/dates.ts"
import styles from "./ConflictDialog.module.css"
import { priorities, statuses } from "./words.ts"

interface Props {
  readonly failed: FailedWrite
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly onMine: (write: TaskWrite) => void
  readonly onTheirs: () => void
  readonly onClose: () => void
}

const wordsOf = (task: Task, projects: ReadonlyArray<Project>, tags: ReadonlyArray<Tag>) => ({
  title: task.title,
  description: task.description ?? "None",
  status: statuses[task.status],
  priority: priorities[task.priority],
  due_at: task.due_at === null ? "None" : dueWords(task.due_at),
  project_id: projects.find(({ id }) => id === task.project_id)?.name ?? "None",
  tag_ids: task.tag_ids.map((id) => tags.find((tag) => tag.id === id)?.name ?? "?").join(", ") || "None"
})

const fields = [
  ["title", "Title"],
  ["description", "Description"],
  ["status", "Status"],
  ["priority", "Priority"],
  ["due_at", "Due"],
  ["project_id", "Project"],
  ["tag_ids", "Tags"]
] as const

/** Two versions of one task, side by side. Nothing happens until the person has chosen one. */
export const ConflictDialog = ({ failed: { error, write }, onClose, onMine, onTheirs, projects, tags }: Props) => {
  if (!isProblem(error, "TASK_VERSION_CONFLICT")) return null
  const theirs = error.problem.current
  const change = write.op === "update" ? write.change : {}
  const mine = wordsOf(changed(write.task, change), projects, tags)
  const there = wordsOf(theirs, projects, tags)
  const different = fields.filter(([field]) => mine[field] !== there[field])
  // What is kept is what the person changed, now meant for what is there. All else stays as it is there.
  const keepMine = () => onMine({ ...write, task: theirs })

  return (
    <Dialog title="This task was changed elsewhere" onClose={onClose}>
      <p>
        {write.op === "delete"
          ? "While you were putting it into the trash, it was changed in another window or on another device."
          : "While you were changing it, it was changed in another window or on another device too. Which one counts?"}
      </p>
      {different.length > 0 && (
        <table className={styles.versions}>
          <thead>
            <tr>
              <td />
              <th scope="col">Yours</th>
              <th scope="col">There now</th>
            </tr>
          </thead>
          <tbody>
            {different.map(([field, label]) => (
              <tr key={field}>
                <th scope="row">{label}</th>
                <td data-changed={field in change || undefined}>{mine[field]}</td>
                <td>{there[field]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {write.op === "update" && <p className={styles.hint}>Keeping yours saves what you changed, and nothing else.</p>}
      <div className={styles.buttons}>
        <button type="button" className="primary" onClick={keepMine}>
          {write.op === "delete" ? "Put it into the trash" : "Keep mine"}
        </button>
        <button type="button" onClick={onTheirs}>
          Take what is there
        </button>
      </div>
    </Dialog>
  )
}
