import type { Project, Tag, Task } from "effect-tasks/client"
import type { OutboxEntry } from "effect-tasks/react"
import { type KeyboardEvent, useRef } from "react"
import { Icon } from "../parts/Icon.tsx"
import { focusBeside, focusField } from "../view/focus.ts"
import { TaskFacts } from "./TaskFacts.tsx"
import { TaskMenu } from "./TaskMenu.tsx"
import styles from "./TaskRow.module.css"
import { useDragOrder } from "./useDragOrder.ts"
import type { TaskActions } from "./useTaskActions.ts"
import { useTouchDrag } from "./useTouchDrag.ts"

interface Props {
  readonly task: Task
  readonly project: Project | undefined
  readonly tags: ReadonlyArray<Tag>
  readonly unconfirmed: OutboxEntry | undefined
  readonly hasDraft: boolean
  readonly canMove: boolean
  readonly hasShortcuts: boolean
  readonly actions: TaskActions
  readonly onEdit: (task: Task) => void
  /** Whether its subtasks are shown. */
  readonly isOpen: boolean
  readonly onOpen: ((isOpen: boolean) => void) | undefined
}

/** Opens the subtasks of a task, for another one. */
const addBelow = (task: Task, onOpen: (isOpen: boolean) => void) => {
  onOpen(true)
  focusField(`add-to-${task.id}`)
}

export const TaskRow = (props: Props) => {
  const { actions, canMove, hasDraft, hasShortcuts, isOpen, onEdit, onOpen, project, tags, task, unconfirmed } = props
  const row = useRef<HTMLLIElement>(null)
  const grip = useRef<HTMLSpanElement>(null)
  const { edge, isDragged } = useDragOrder(row, grip, task, canMove, actions.place)
  useTouchDrag(grip, task, canMove, actions.place)
  const isDone = task.status === "completed"

  const press = (event: KeyboardEvent) => {
    const { altKey, ctrlKey, key, metaKey } = event
    if (ctrlKey || metaKey) return
    const keys: Record<string, (() => void) | undefined> = altKey
      ? canMove
        ? { ArrowUp: () => actions.step(task, "above"), ArrowDown: () => actions.step(task, "below") }
        : {}
      : {
          Delete: () => actions.remove(task),
          ...(onOpen !== undefined && {
            ArrowRight: () => onOpen(true),
            ArrowLeft: () => onOpen(false)
          }),
          ...(hasShortcuts && {
            j: () => focusBeside(task.id, "below"),
            k: () => focusBeside(task.id, "above"),
            e: () => onEdit(task),
            x: () => actions.toggle(task),
            ...(onOpen !== undefined && { s: () => addBelow(task, onOpen) })
          })
        }
    const action = keys[key]
    if (action === undefined) return
    event.preventDefault()
    event.stopPropagation()
    action()
  }

  return (
    <li
      ref={row}
      id={`task-${task.id}`}
      className={styles.row}
      tabIndex={-1}
      data-edge={edge}
      data-dragged={isDragged || undefined}
      data-done={isDone || undefined}
      onKeyDown={press}
    >
      <span ref={grip} className={styles.grip} data-off={!canMove || undefined}>
        <Icon name="grip" />
      </span>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={isDone}
          aria-label={`Completed: ${task.title}`}
          onChange={() => actions.toggle(task)}
        />
        <Icon name="check" size={14} />
      </label>
      <div className={styles.body}>
        <button
          type="button"
          className={styles.title}
          dir="auto"
          aria-label={`Edit ${task.title}`}
          onClick={() => onEdit(task)}
        >
          {task.title}
        </button>
        {task.description !== null && (
          <p className={styles.description} dir="auto">
            {task.description}
          </p>
        )}
        <TaskFacts task={task} project={project} tags={tags} unconfirmed={unconfirmed} hasDraft={hasDraft} />
      </div>
      {onOpen !== undefined && task.subtasks.total > 0 && (
        <button
          type="button"
          className="icon"
          aria-expanded={isOpen}
          aria-label={`Subtasks of ${task.title}`}
          onClick={() => onOpen(!isOpen)}
        >
          <Icon name={isOpen ? "collapse" : "expand"} />
        </button>
      )}
      <TaskMenu
        task={task}
        canMove={canMove}
        actions={actions}
        onEdit={onEdit}
        onAdd={onOpen && (() => addBelow(task, onOpen))}
      />
    </li>
  )
}
