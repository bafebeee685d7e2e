import { isProblem, type Project, type Tag } from "effect-tasks/client"
import { useEffect, useState } from "react"
import { isPassing, isSignedOut, wordsFor } from "../data/faults.ts"
import type { TaskWrite } from "../data/TaskWrite.ts"
import { type FailedWrite, useFailedWrites, usePendingWrites, useTaskWrite } from "../data/useTaskWrites.ts"
import styles from "../parts/Banner.module.css"
import { Icon } from "../parts/Icon.tsx"
import { ConflictDialog } from "./ConflictDialog.tsx"
import { writeWords } from "./writeWords.ts"

interface Props {
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
}

/** Every write that failed, with what can be done about it. It stays until that is done. */
export const FailedWrites = ({ projects, tags }: Props) => {
  const failed = useFailedWrites()
  const write = useTaskWrite()
  const [dismissed, setDismissed] = useState<number>()
  const conflict = failed.find(({ error }) => isProblem(error, "TASK_VERSION_CONFLICT"))

  // A page that goes takes along what is not saved: the browser asks first.
  const isUnsaved = usePendingWrites().length > 0
  useEffect(() => {
    if (!isUnsaved) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener("beforeunload", ask)
    return () => window.removeEventListener("beforeunload", ask)
  }, [isUnsaved])

  const again = (one: FailedWrite, changed: TaskWrite = one.write) => {
    one.discard()
    write(changed)
  }

  return (
    <>
      <div role="alert">
        {failed.length > 0 && (
          <ul className={styles.failed} aria-label="Not saved">
            {failed.map((one) => (
              <li key={one.key} className={styles.banner}>
                <Icon name="warning" />
                <p>
                  <strong>Not saved: {writeWords(one.write)}.</strong> {wordsFor(one.error)}
                </p>
                {one === conflict && (
                  <button type="button" onClick={() => setDismissed(undefined)}>
                    Compare
                  </button>
                )}
                {(isPassing(one.error) || isSignedOut(one.error)) && (
                  <button type="button" onClick={() => again(one)}>
                    Try again
                  </button>
                )}
                <button type="button" onClick={one.discard}>
                  Discard
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      {conflict !== undefined && conflict.key !== dismissed && (
        <ConflictDialog
          key={conflict.key}
          failed={conflict}
          projects={projects}
          tags={tags}
          onMine={(changed) => again(conflict, changed)}
          onTheirs={conflict.discard}
          onClose={() => setDismissed(conflict.key)}
        />
      )}
    </>
  )
}
