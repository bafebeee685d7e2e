import type { Project, Tag } from "effect-tasks/client"
import { ConflictError, useOutbox } from "effect-tasks/react"
import { useState } from "react"
import { useAccountOutbox } from "../data/Account.tsx"
import { messageFor } from "../data/errors.ts"
import styles from "../parts/Banner.module.css"
import { Icon } from "../parts/Icon.tsx"
import { ConflictDialog } from "./ConflictDialog.tsx"
import { describeWrite } from "./describeWrite.ts"

interface Props {
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
}

/** The writes that need the user: conflicts, and those that the service refused. */
export const UnsavedChanges = ({ projects, tags }: Props) => {
  const outbox = useAccountOutbox()
  const entries = useOutbox(outbox)
  const [dismissed, setDismissed] = useState<string>()
  const failed = entries.filter(({ status }) => status === "failed" || status === "conflict")
  const conflict = failed.find(({ error }) => error instanceof ConflictError)

  return (
    <>
      <div role="alert">
        {failed.length > 0 && (
          <ul className={styles.failed} aria-label="Not saved">
            {failed.map(({ error, key, write }) => (
              <li key={key} className={styles.banner}>
                <Icon name="warning" />
                <p dir="auto">
                  <strong>Not saved: {describeWrite(write)}.</strong> {messageFor(error)}
                </p>
                {key === conflict?.key ? (
                  <button type="button" onClick={() => setDismissed(undefined)}>
                    Compare
                  </button>
                ) : (
                  <button type="button" onClick={outbox.retry}>
                    Try again
                  </button>
                )}
                <button type="button" onClick={() => outbox.discard(key)}>
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
          entry={conflict}
          projects={projects}
          tags={tags}
          onKeep={(keep) => outbox.resolve(conflict.key, keep)}
          onClose={() => setDismissed(conflict.key)}
        />
      )}
    </>
  )
}
