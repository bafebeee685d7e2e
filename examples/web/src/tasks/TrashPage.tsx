import type { TrashedTask } from "effect-tasks/client"
import { wordsFor } from "../data/faults.ts"
import { useServiceFault } from "../data/service.ts"
import { useTaskWrite } from "../data/useTaskWrites.ts"
import { usePurge, useTrash } from "../data/useTrash.ts"
import { Message } from "../parts/Message.tsx"
import { useNotices } from "../parts/Notices.tsx"
import { Skeleton } from "../parts/Skeleton.tsx"
import { focusAfter } from "./focus.ts"
import styles from "./TrashPage.module.css"

/** What was put away, for thirty days. */
export const TrashPage = () => {
  const { data, error, fetchNextPage, hasNextPage, refetch, tasks } = useTrash()
  const fault = useServiceFault()
  const write = useTaskWrite()
  const purge = usePurge()
  const { announce } = useNotices()

  const restore = (task: TrashedTask) => {
    focusAfter(task.id)
    write({ op: "restore", task })
    announce(`“${task.title}” is back in its list.`)
  }
  const remove = (task: TrashedTask) => {
    if (!window.confirm(`Delete “${task.title}” for good? There is no way back.`)) return
    focusAfter(task.id)
    purge.mutate(task.id)
    announce(`Deleted “${task.title}” for good.`)
  }

  if (data === undefined) {
    const reason = error ?? fault
    if (!reason) return <Skeleton />
    return (
      <Message title="The trash is not there" action={{ label: "Try again", run: () => void refetch() }}>
        {wordsFor(reason)}
      </Message>
    )
  }
  return (
    <>
      <p className={styles.hint}>Tasks stay here for 30 days, and are gone for good then.</p>
      {purge.error !== null && (
        <p className={styles.fault} role="alert">
          {wordsFor(purge.error)}
        </p>
      )}
      {tasks.length === 0 && <Message title="The trash is empty">What you put away can be taken back here.</Message>}
      <ul className={styles.list} aria-label="Tasks in the trash">
        {tasks.map((task) => (
          <li key={task.id} id={`task-${task.id}`} tabIndex={-1}>
            <div>
              <span>{task.title}</span>
              <small>Put away on {new Date(task.deleted_at).toLocaleDateString()}</small>
            </div>
            <button type="button" aria-label={`Restore ${task.title}`} onClick={() => restore(task)}>
              Restore
            </button>
            <button type="button" aria-label={`Delete ${task.title} for good`} onClick={() => remove(task)}>
              Delete
            </button>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" onClick={() => void fetchNextPage()}>
          Load more
        </button>
      )}
    </>
  )
}
