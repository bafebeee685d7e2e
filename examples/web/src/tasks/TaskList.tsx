import type { Project, Tag } from "effect-tasks/client"
import { useEffect, useRef } from "react"
import { wordsFor } from "../data/faults.ts"
import { useServiceFault } from "../data/service.ts"
import type { useTasks } from "../data/useTasks.ts"
import { useFailedWrites } from "../data/useTaskWrites.ts"
import { Message } from "../parts/Message.tsx"
import { Skeleton } from "../parts/Skeleton.tsx"
import { isFiltered, type View } from "../view/View.ts"
import { changeOf, type Edited, edit } from "./Edited.ts"
import { focusTask } from "./focus.ts"
import { TaskEditor } from "./TaskEditor.tsx"
import styles from "./TaskList.module.css"
import { TaskRow } from "./TaskRow.tsx"
import type { TaskActions } from "./useTaskActions.ts"

interface Props {
  readonly list: ReturnType<typeof useTasks>
  readonly view: View
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly actions: TaskActions
  readonly edited: Edited | undefined
  readonly onEdit: (edited: Edited | undefined) => void
  readonly hasShortcuts: boolean
}

const emptyWords = (view: View) => {
  if (view.status === "done" && !view.q) return ["Nothing done yet", "What you complete is kept here."] as const
  if (isFiltered(view)) return ["Nothing matches", "Other words or fewer filters may find more."] as const
  if (view.due === "today") return ["Nothing is due today", "What is due, and what was, stands here."] as const
  return ["Nothing to do", "Write down what is next: Enter adds it."] as const
}

/** The end of what is there: coming near it fetches more. */
const More = ({ list }: Pick<Props, "list">) => {
  const end = useRef<HTMLDivElement>(null)
  const { fetchNextPage, isFetchingNextPage } = list
  // At every drawing, since an observer only tells of changes: a page that came between two frames would be none.
  useEffect(() => {
    if (end.current === null || isFetchingNextPage) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), {
      rootMargin: "400px"
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  })
  return (
    <div ref={end} className={styles.more}>
      <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchingNextPage ? "Loading …" : "Load more"}
      </button>
    </div>
  )
}

export const TaskList = (props: Props) => {
  const { actions, edited, hasShortcuts, list, onEdit, projects, tags, view } = props
  const fault = useServiceFault()
  const failed = useFailedWrites()
  const { data, error, isPlaceholderData, refetch, tasks } = list

  if (data === undefined) {
    const reason = error ?? fault
    if (!reason) return <Skeleton />
    return (
      <Message title="The tasks are not there" action={{ label: "Try again", run: () => void refetch() }}>
        {wordsFor(reason)}
      </Message>
    )
  }
  const [title, words] = emptyWords(view)
  const close = ({ task }: Edited) => {
    onEdit(undefined)
    focusTask(task.id)
  }
  const save = (what: Edited) => {
    const change = changeOf(what)
    if (Object.keys(change).length > 0) actions.update(what.task, change)
    close(what)
  }
  const editor = edited !== undefined && (
    <TaskEditor
      edited={edited}
      projects={projects}
      tags={tags}
      onFields={(fields) => onEdit({ ...edited, fields })}
      onSave={() => save(edited)}
      onCancel={() => close(edited)}
    />
  )
  return (
    <>
      {tasks.length === 0 && <Message title={title}>{words}</Message>}
      {/* A list may show its row no more; what was typed stays. */}
      {tasks.every(({ id }) => id !== edited?.task.id) && editor}
      <ul className={styles.list} aria-label="Tasks" aria-busy={isPlaceholderData}>
        {tasks.map((task) =>
          task.id === edited?.task.id ? (
            <li key={task.id}>{editor}</li>
          ) : (
            <TaskRow
              key={task.id}
              task={task}
              project={projects.find(({ id }) => id === task.project_id)}
              tags={tags.filter(({ id }) => task.tag_ids.includes(id))}
              isUnsaved={failed.some(({ write }) => write.task.id === task.id)}
              canMove={view.sort === "position"}
              hasShortcuts={hasShortcuts}
              actions={actions}
              onEdit={(task) => onEdit(edit(task))}
            />
          )
        )}
      </ul>
      {list.hasNextPage && <More list={list} />}
    </>
  )
}
