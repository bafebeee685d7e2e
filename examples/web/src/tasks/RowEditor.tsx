import type { Project, Tag } from "effect-tasks/client"
import { focusTask } from "../view/focus.ts"
import { changeOf, type Edited } from "./Edited.ts"
import { TaskEditor } from "./TaskEditor.tsx"
import type { Editor } from "./useEditor.ts"
import type { TaskActions } from "./useTaskActions.ts"

interface Props {
  readonly editor: Editor
  readonly edited: Edited
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly actions: TaskActions
}

/** The editor in the place of a row. Focus returns to the row. */
export const RowEditor = ({ actions, edited, editor, projects, tags }: Props) => {
  const { id } = edited.task
  const save = () => {
    const change = changeOf(edited)
    if (Object.keys(change).length > 0) actions.update(edited.task, change)
    editor.discard()
    focusTask(id)
  }
  return (
    <TaskEditor
      edited={edited}
      projects={projects}
      tags={tags}
      onFields={(update) => editor.change(id, update)}
      onSave={save}
      onClose={() => {
        editor.close()
        focusTask(id)
      }}
      onDiscard={() => {
        editor.discard()
        focusTask(id)
      }}
    />
  )
}
