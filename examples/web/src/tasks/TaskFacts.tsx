import type { Project, Tag, Task } from "effect-tasks/client"
import { Icon } from "../parts/Icon.tsx"
import { formatDue, isOverdue } from "../view/dates.ts"
import { priorities, statuses } from "./labels.ts"
import styles from "./TaskFacts.module.css"

interface Props {
  readonly task: Task
  readonly project: Project | undefined
  readonly tags: ReadonlyArray<Tag>
  /** Whether the service has not confirmed the last change. */
  readonly isUnsaved: boolean
  readonly hasDraft: boolean
}

/** The details of a task in one line. */
export const TaskFacts = ({ hasDraft, isUnsaved, project, tags, task }: Props) => {
  const isLate = task.due_at !== null && task.status !== "completed" && isOverdue(task.due_at)
  const facts = [
    isUnsaved && (
      <span key="unsaved" className={styles.late}>
        <Icon name="warning" size={14} /> Not saved
      </span>
    ),
    hasDraft && (
      <span key="draft" className={styles.progress}>
        <Icon name="edit" size={14} /> Unsaved draft
      </span>
    ),
    task.status === "in_progress" && (
      <span key="status" className={styles.progress}>
        {statuses.in_progress}
      </span>
    ),
    task.due_at !== null && (
      <span key="due" className={isLate ? styles.late : undefined}>
        <Icon name="calendar" size={14} />
        {isLate && "Overdue:"}
        <time dateTime={task.due_at}>{formatDue(task.due_at)}</time>
      </span>
    ),
    task.priority !== "none" && (
      <span key="priority" className={styles[task.priority]}>
        <Icon name="flag" size={14} /> {priorities[task.priority]}
      </span>
    ),
    project !== undefined && (
      <span key="project">
        <i className={styles.dot} style={{ background: project.color ?? undefined }} /> {project.name}
      </span>
    ),
    ...tags.map((tag) => (
      <span key={tag.id} className={styles.tag} dir="auto">
        {tag.name}
      </span>
    ))
  ].filter(Boolean)
  return facts.length > 0 && <div className={styles.facts}>{facts}</div>
}
