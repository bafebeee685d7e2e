import type { Project, Tag } from "effect-tasks/client"
import type { useTasks } from "effect-tasks/react"
import { useEffect, useRef } from "react"
import { messageFor } from "../data/errors.ts"
import { useServiceError } from "../data/serviceStatus.ts"
import { Message } from "../parts/Message.tsx"
import { Skeleton } from "../parts/Skeleton.tsx"
import { isFiltered, isTree, type View } from "../view/View.ts"
import styles from "./TaskList.module.css"
import { TaskRows } from "./TaskRows.tsx"
import type { Editor } from "./useEditor.ts"
import type { TaskActions } from "./useTaskActions.ts"

interface Props {
  readonly list: ReturnType<typeof useTasks>
  readonly view: View
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly actions: TaskActions
  readonly editor: Editor
  readonly hasShortcuts: boolean
}

const emptyText = (view: View) => {
  if (view.status === "done" && !view.q) return ["No completed tasks", "Tasks that you complete appear here."] as const
  if (isFiltered(view)) return ["No matching tasks", "Try other words or fewer filters."] as const
  if (view.due === "today") return ["Nothing is due today", "Tasks due today and overdue tasks appear here."] as const
  if (view.due === "upcoming") return ["Nothing is coming up", "Tasks due after today appear here."] as const
  return ["No tasks yet", "Type a task and press Enter."] as const
}

/** The end of the loaded rows: scrolling near it loads more. */
const More = ({ list }: Pick<Props, "list">) => {
  const end = useRef<HTMLDivElement>(null)
  const { fetchNextPage, isFetchingNextPage, isFetchNextPageError } = list
  // After every render: an observer reports only changes, and would miss a page that loads between two frames. A request
  // that failed is not repeated again and again: the user or the next fetch of the list does that.
  useEffect(() => {
    if (end.current === null || isFetchingNextPage || isFetchNextPageError) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), {
      rootMargin: "400px"
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  })
  return (
    <div ref={end} className={styles.more}>
      <button
        type="button"
        aria-disabled={isFetchingNextPage}
        onClick={() => void (isFetchingNextPage || fetchNextPage())}
      >
        {isFetchingNextPage ? "Loading …" : "Load more"}
      </button>
    </div>
  )
}

export const TaskList = (props: Props) => {
  const { actions, editor, hasShortcuts, list, projects, tags, view } = props
  const serviceError = useServiceError()
  const { data, error, isPlaceholderData, refetch, tasks } = list

  if (data === undefined) {
    const reason = error ?? serviceError
    if (!reason) return <Skeleton />
    return (
      <Message title="Couldn't load your tasks" action={{ label: "Try again", run: () => void refetch() }}>
        {messageFor(reason)}
      </Message>
    )
  }
  const [title, text] = emptyText(view)
  return (
    <>
      {tasks.length === 0 && <Message title={title}>{text}</Message>}
      <ul className={styles.list} aria-label="Tasks" aria-busy={isPlaceholderData}>
        <TaskRows
          tasks={tasks}
          parent={null}
          canMove={view.sort === "position"}
          isTree={isTree(view)}
          projects={projects}
          tags={tags}
          actions={actions}
          editor={editor}
          hasShortcuts={hasShortcuts}
        />
      </ul>
      {list.hasNextPage && <More list={list} />}
    </>
  )
}
