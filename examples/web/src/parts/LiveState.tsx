import type { SyncState } from "effect-tasks/client"
import styles from "./LiveState.module.css"

const labels = { live: "Live", connecting: "Connecting…" } as const

/** Whether changes that are made elsewhere show at once. A screen reader says when that changes. */
export const LiveState = ({ state }: { readonly state: SyncState }) => (
  <p role="status" aria-label="Connection" className={styles.state} data-state={state}>
    {labels[state]}
  </p>
)
