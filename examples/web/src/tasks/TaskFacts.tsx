import type { Project, Tag, Task } from "effect-tasks/client"
import { Icon } from "../parts/Icon.tsx"
import { dueWords, isOverdue } from "../view/dates.ts"
import styles from "./TaskFacts.module.css"
import { priorities, statuses } from "./words.ts"

interface Props {
  readonly task: Task
  readonly project: Project | undefined
  readonly tags: ReadonlyArray<Tag>
  readonly isUnsaved: boolean
}

/** What else is known of a task, in a line. */
export const TaskFacts = ({ isUnsaved, project, tags, task }: Props) => {
  const isLate = task.due_at !== null && task.status !== "completed" && isOverdue(task.due_at)
  const facts = [
    isUnsaved && (
      <span key="unsaved" className={styles.late}>
        <Icon name="warning" size={14} /> Not saved
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
        <time dateTime={task.due_at}>{dueWords(task.due_at)}</time>
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
      <span key={tag.id} className={styles.tag}>
        {tag.name}
      </span>
    ))
  ].filter(Boolean)
  return facts.length > 0 && <div className={styles.facts}>{facts}</div>
}
