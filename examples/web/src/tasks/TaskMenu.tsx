import type { Task } from "effect-tasks/client"
import { useId, useRef } from "react"
import { Icon, type IconName } from "../parts/Icon.tsx"
import styles from "./TaskMenu.module.css"
import type { TaskActions } from "./useTaskActions.ts"

interface Props {
  readonly task: Task
  readonly canMove: boolean
  readonly actions: TaskActions
  readonly onEdit: (task: Task) => void
  readonly onAdd: (() => void) | undefined
}

/** Every action on a task, also those that a drag or a key does. */
export const TaskMenu = ({ actions, canMove, onAdd, onEdit, task }: Props) => {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const menu = useRef<HTMLDivElement>(null)

  const entries: ReadonlyArray<readonly [IconName, string, () => void]> = [
    ["edit", "Edit", () => onEdit(task)],
    ...(onAdd === undefined ? [] : ([["subtasks", "Add a subtask", onAdd]] as const)),
    ...(canMove
      ? ([
          ["up", "Move up", () => actions.step(task, "above")],
          ["down", "Move down", () => actions.step(task, "below")]
        ] as const)
      : []),
    ["trash", "Move to the trash", () => actions.remove(task)]
  ]

  // Below the button, or above it at the end of the page.
  const place = () => {
    const from = button.current?.getBoundingClientRect()
    if (from === undefined || menu.current === null) return
    const { offsetHeight: height, offsetWidth: width } = menu.current
    const top = from.bottom + height > window.innerHeight ? from.top - height : from.bottom
    menu.current.style.top = `${top}px`
    // A page that the browser has translated may run from right to left: there, the button is at the left edge.
    menu.current.style.left = `${Math.max(0, from.right - width)}px`
  }

  return (
    <>
      <button
        type="button"
        ref={button}
        className={`icon ${styles.button}`}
        popoverTarget={id}
        aria-label={`More for ${task.title}`}
      >
        <Icon name="more" />
      </button>
      <div ref={menu} id={id} popover="auto" className={styles.menu} onToggle={place}>
        {entries.map(([icon, label, action]) => (
          <button
            type="button"
            key={label}
            onClick={() => {
              menu.current?.hidePopover()
              action()
            }}
          >
            <Icon name={icon} size={16} /> {label}
          </button>
        ))}
      </div>
    </>
  )
}
