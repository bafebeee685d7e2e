import type { ReactNode } from "react"
import styles from "./Message.module.css"

interface Props {
  readonly title: string
  readonly children: ReactNode
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** Says why a page or a list is empty. */
export const Message = ({ action, children, title }: Props) => (
  <div className={styles.message}>
    <h2>{title}</h2>
    <p>{children}</p>
    {action !== undefined && (
      <button type="button" onClick={action.run}>
        {action.label}
      </button>
    )}
  </div>
)
