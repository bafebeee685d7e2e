import type { Project, Tag } from "effect-tasks/client"
import { useTasks } from "effect-tasks/react"
import { useMemo } from "react"
import { useAccountOutbox } from "../data/Account.tsx"
import { queries } from "../data/client.ts"
import { useToday } from "../view/useToday.ts"
import { queryOf, type View } from "../view/View.ts"
import { Filters } from "./Filters.tsx"
import { NewTask } from "./NewTask.tsx"
import { TaskList } from "./TaskList.tsx"
import { useEditor } from "./useEditor.ts"
import { useTaskActions } from "./useTaskActions.ts"

interface Props {
  readonly user: string
  readonly view: View
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly hasShortcuts: boolean
}

/** One list of tasks. */
export const TasksPage = ({ hasShortcuts, projects, tags, user, view }: Props) => {
  const today = useToday()
  const query = useMemo(() => queryOf(view, today), [view, today])
  const list = useTasks(queries, useAccountOutbox(), query)
  const actions = useTaskActions(list.tasks)
  const editor = useEditor(user)
  return (
    <>
      <NewTask user={user} view={view} projects={projects} />
      <Filters view={view} tags={tags} />
      <TaskList
        list={list}
        view={view}
        projects={projects}
        tags={tags}
        actions={actions}
        editor={editor}
        hasShortcuts={hasShortcuts}
      />
    </>
  )
}
