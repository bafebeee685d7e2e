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
  const [dismissed, setDismissed] = useState<ReadonlyArray<string>>([])
  const failed = entries.filter(({ status }) => status === "failed" || status === "conflict")
  const conflicts = failed.filter(({ error }) => error instanceof ConflictError)
  const compared = conflicts.find(({ key }) => !dismissed.includes(key))

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
                {error instanceof ConflictError ? (
                  <button
                    type="button"
                    onClick={() => setDismissed(conflicts.flatMap((other) => (other.key === key ? [] : [other.key])))}
                  >
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
      {compared !== undefined && (
        <ConflictDialog
          key={compared.key}
          entry={compared}
          projects={projects}
          tags={tags}
          onKeep={(keep) => outbox.resolve(compared.key, keep)}
          onClose={() => setDismissed((last) => [...last, compared.key])}
        />
      )}
    </>
  )
}
