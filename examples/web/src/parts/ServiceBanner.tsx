import { useQueryClient } from "@tanstack/react-query"
import { useOutbox } from "effect-tasks/react"
import { useAccountOutbox } from "../data/Account.tsx"
import { isTemporary, messageFor } from "../data/errors.ts"
import { useAreChangesStored } from "../data/serviceStatus.ts"
import styles from "./Banner.module.css"
import { Icon } from "./Icon.tsx"

const count = (n: number) => (n === 1 ? "1 change waiting." : `${n} changes waiting.`)

const stored = "The page keeps them on this device and sends them by itself."
const notStored = "The page sends them by itself. Do not close it: the browser could not store them."

/** Says that the service cannot be reached, and how many changes wait. The page keeps trying by itself. */
export const ServiceBanner = ({ error }: { readonly error: unknown }) => {
  const queries = useQueryClient()
  const outbox = useAccountOutbox()
  const entries = useOutbox(outbox)
  const areStored = useAreChangesStored()
  const isPaused = entries.some((entry) => entry.status === "waiting" && entry.error !== undefined)
  const waiting = isPaused ? entries.filter(({ status }) => status === "waiting" || status === "sending").length : 0
  const retry = () => {
    outbox.retry()
    void queries.refetchQueries({ type: "active" })
  }
  return (
    <div role="alert">
      {(isTemporary(error) || waiting > 0) && (
        <div className={styles.banner}>
          <Icon name="warning" />
          <p>
            {isTemporary(error) && <strong>{messageFor(error)}</strong>}{" "}
            {waiting > 0 ? `${count(waiting)} ${areStored ? stored : notStored}` : "What you see may be out of date."}
          </p>
          <button type="button" onClick={retry}>
            Try now
          </button>
        </div>
      )}
    </div>
  )
}
