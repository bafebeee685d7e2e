import type { Project, Tag, Task } from "effect-tasks/client"
import { useOutbox } from "effect-tasks/react"
import { Fragment, useState } from "react"
import { useAccountOutbox } from "../data/Account.tsx"
import { RowEditor } from "./RowEditor.tsx"
import { Subtasks } from "./Subtasks.tsx"
import { TaskRow } from "./TaskRow.tsx"
import type { Editor } from "./useEditor.ts"
import type { TaskActions } from "./useTaskActions.ts"

export interface RowsProps {
  readonly tasks: ReadonlyArray<Task>
  /** The task that has these subtasks. */
  readonly parent: Task | null
  readonly canMove: boolean
  /** Whether the subtasks of a task can be shown below it. */
  readonly isTree: boolean
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly actions: TaskActions
  readonly editor: Editor
  readonly hasShortcuts: boolean
}

/** Tasks with the editor in the place of one, and each with its subtasks if the user opened them. */
export const TaskRows = (props: RowsProps) => {
  const { actions, canMove, editor, hasShortcuts, isTree, parent, projects, tags, tasks } = props
  const entries = useOutbox(useAccountOutbox())
  const [open, setOpen] = useState<ReadonlyArray<string>>([])
  const { edited } = editor
  const toggle = (id: string, isOpen: boolean) =>
    setOpen((last) => (isOpen ? [...last, id] : last.filter((other) => other !== id)))

  // The list may no longer contain the row, and the editor stays.
  const isStray =
    edited !== undefined &&
    (!isTree || edited.task.parent_id === (parent?.id ?? null)) &&
    tasks.every(({ id }) => id !== edited.task.id)
  const rows = isStray ? [edited.task, ...tasks] : tasks

  return rows.map((task) => (
    <Fragment key={task.id}>
      {task.id === edited?.task.id ? (
        <li>
          <RowEditor editor={editor} edited={edited} projects={projects} tags={tags} actions={actions} />
        </li>
      ) : (
        <TaskRow
          task={task}
          project={projects.find(({ id }) => id === task.project_id)}
          tags={tags.filter(({ id }) => task.tag_ids.includes(id))}
          unconfirmed={entries.find(({ error, write }) => error !== undefined && write.task.id === task.id)}
          hasDraft={editor.hasDraft(task.id)}
          canMove={canMove}
          hasShortcuts={hasShortcuts}
          actions={actions}
          onEdit={editor.open}
          isOpen={open.includes(task.id)}
          onOpen={isTree ? (isOpen) => toggle(task.id, isOpen) : undefined}
        />
      )}
      {isTree && open.includes(task.id) && <Subtasks {...props} parent={task} onClose={() => toggle(task.id, false)} />}
    </Fragment>
  ))
}
