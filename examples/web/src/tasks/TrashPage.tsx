import type { TrashedTask } from "effect-tasks/client"
import { useAccountOutbox } from "../data/Account.tsx"
import { messageFor } from "../data/errors.ts"
import { useServiceError } from "../data/serviceStatus.ts"
import { usePurge, useTrash } from "../data/useTrash.ts"
import { Message } from "../parts/Message.tsx"
import { useNotices } from "../parts/Notices.tsx"
import { Skeleton } from "../parts/Skeleton.tsx"
import styles from "./TrashPage.module.css"

/** Deleted tasks. The server keeps them for 30 days. */
export const TrashPage = () => {
  const { data, error, fetchNextPage, hasNextPage, refetch, tasks } = useTrash()
  const serviceError = useServiceError()
  const outbox = useAccountOutbox()
  const purge = usePurge()
  const { announce } = useNotices()

  const restore = (task: TrashedTask) => {
    outbox.add({ op: "restore", task })
    announce(`Restored “${task.title}”.`)
  }
  const remove = (task: TrashedTask) => {
    if (!window.confirm(`Delete “${task.title}” permanently? You cannot undo this.`)) return
    purge.mutate(task.id, { onSuccess: () => announce(`Deleted “${task.title}” permanently.`) })
  }
  const empty = () => {
    if (purge.isPending) return
    if (!window.confirm("Delete all tasks in the trash permanently? You cannot undo this.")) return
    purge.mutate("all", { onSuccess: () => announce("Emptied the trash.") })
  }

  if (data === undefined) {
    const reason = error ?? serviceError
    if (!reason) return <Skeleton />
    return (
      <Message title="Couldn't load the trash" action={{ label: "Try again", run: () => void refetch() }}>
        {messageFor(reason)}
      </Message>
    )
  }
  return (
    <>
      <div className={styles.head}>
        <p className={styles.hint}>Deleted tasks stay here for 30 days.</p>
        {tasks.length > 0 && (
          <button type="button" aria-disabled={purge.isPending} onClick={empty}>
            Empty trash
          </button>
        )}
      </div>
      {purge.error !== null && (
        <p className={styles.error} role="alert">
          {messageFor(purge.error)}
        </p>
      )}
      {tasks.length === 0 && <Message title="The trash is empty">Tasks that you delete appear here.</Message>}
      <ul className={styles.list} aria-label="Tasks in the trash">
        {tasks.map((task) => (
          <li key={task.id} id={`task-${task.id}`} tabIndex={-1}>
            <div>
              <span dir="auto">{task.title}</span>
              <small>Deleted on {new Date(task.deleted_at).toLocaleDateString()}</small>
            </div>
            <button type="button" aria-label={`Restore ${task.title}`} onClick={() => restore(task)}>
              Restore
            </button>
            <button type="button" aria-label={`Delete ${task.title} permanently`} onClick={() => remove(task)}>
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
