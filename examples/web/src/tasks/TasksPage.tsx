import type { Project, Tag } from "effect-tasks/client"
import { useMemo } from "react"
import { useTasks } from "../data/useTasks.ts"
import { queryOf, type View } from "../view/View.ts"
import type { Edited } from "./Edited.ts"
import { Filters } from "./Filters.tsx"
import { NewTask } from "./NewTask.tsx"
import { TaskList } from "./TaskList.tsx"
import { useTaskActions } from "./useTaskActions.ts"

interface Props {
  readonly view: View
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly hasShortcuts: boolean
  readonly edited: Edited | undefined
  readonly onEdit: (edited: Edited | undefined) => void
}

/** One list, and what can be done with it. */
export const TasksPage = ({ edited, hasShortcuts, onEdit, projects, tags, view }: Props) => {
  const query = useMemo(() => queryOf(view), [view])
  const list = useTasks(query)
  const actions = useTaskActions(list.tasks)
  return (
    <>
      <NewTask view={view} />
      <Filters view={view} tags={tags} />
      <TaskList
        list={list}
        view={view}
        projects={projects}
        tags={tags}
        actions={actions}
        edited={edited}
        onEdit={onEdit}
        hasShortcuts={hasShortcuts}
      />
    </>
  )
}
