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

const count = (n: number) => (n === 1 ? "1 change waiting" : `${n} changes waiting`)

/** The writes that the service has not confirmed: one line for those that wait, and each that needs the user. */
export const UnsavedChanges = ({ projects, tags }: Props) => {
  const outbox = useAccountOutbox()
  const entries = useOutbox(outbox)
  const [dismissed, setDismissed] = useState<string>()
  const waiting = entries.some(({ error, status }) => status === "waiting" && error !== undefined)
    ? entries.filter(({ status }) => status === "waiting" || status === "sending")
    : []
  const failed = entries.filter(({ status }) => status === "failed" || status === "conflict")
  const conflict = failed.find(({ error }) => error instanceof ConflictError)

  return (
    <>
      <div role="status">
        {waiting.length > 0 && (
          <div className={styles.banner} data-quiet>
            <Icon name="warning" />
            <p>
              <strong>{count(waiting.length)}.</strong> They are stored on this device and sent when the service can be
              reached.
            </p>
            <button type="button" onClick={outbox.retry}>
              Send now
            </button>
          </div>
        )}
      </div>
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
