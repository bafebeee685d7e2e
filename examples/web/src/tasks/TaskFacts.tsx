import type { Project, Tag, Task } from "effect-tasks/client"
import type { OutboxEntry } from "effect-tasks/react"
import { Icon } from "../parts/Icon.tsx"
import { formatDue, isOverdue } from "../view/dates.ts"
import { priorities, statuses } from "./labels.ts"
import { describeRule } from "./recurrence.ts"
import styles from "./TaskFacts.module.css"

interface Props {
  readonly task: Task
  readonly project: Project | undefined
  readonly tags: ReadonlyArray<Tag>
  /** A change that the service has not confirmed after the first attempt. */
  readonly unconfirmed: OutboxEntry | undefined
  readonly hasDraft: boolean
}

/** The details of a task in one line. */
export const TaskFacts = ({ hasDraft, project, tags, task, unconfirmed }: Props) => {
  const { due, due_at, recurrence, subtasks } = task
  const isLate = due !== null && task.status !== "completed" && isOverdue(due, due_at)
  const facts = [
    unconfirmed !== undefined && (
      <span key="unconfirmed" className={unconfirmed.status === "waiting" ? styles.progress : styles.late}>
        <Icon name="warning" size={14} /> {unconfirmed.status === "waiting" ? "Waiting to be sent" : "Not saved"}
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
    due !== null && (
      <span key="due" className={isLate ? styles.late : undefined}>
        <Icon name="calendar" size={14} />
        {isLate && "Overdue:"}
        <time dateTime={due_at ?? due.date}>{formatDue(due, due_at)}</time>
      </span>
    ),
    recurrence !== null && (
      <span key="recurrence">
        <Icon name="repeat" size={14} /> {describeRule(recurrence)}
      </span>
    ),
    subtasks.total > 0 && (
      <span key="subtasks">
        <Icon name="subtasks" size={14} /> {subtasks.completed} of {subtasks.total} subtasks
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
