import { type ReactNode, useId, useLayoutEffect, useRef } from "react"
import styles from "./Dialog.module.css"
import { Icon } from "./Icon.tsx"

interface Props {
  readonly title: string
  readonly children: ReactNode
  readonly onClose: () => void
}

/** A native dialog: it keeps the focus inside, Escape closes it, and the focus returns afterwards. */
export const Dialog = ({ children, onClose, title }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // A dialog returns the focus only if it closes before React removes it.
  useLayoutEffect(() => {
    const opened = dialog.current
    opened?.showModal()
    return () => opened?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      onClose={() => !dialog.current?.open && onClose()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" className="icon" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  )
}
