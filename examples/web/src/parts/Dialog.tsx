import { type ReactNode, useId, useLayoutEffect, useRef } from "react"
import styles from "./Dialog.module.css"
import { Icon } from "./Icon.tsx"

interface Props {
  readonly title: string
  readonly children: ReactNode
  readonly onClose: () => void
}

/** A dialog as browsers have it: it keeps the focus, Escape closes it, and the focus goes back to where it was. */
export const Dialog = ({ children, onClose, title }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before the element goes: only then does its end give the focus back.
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
