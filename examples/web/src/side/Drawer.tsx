import { type ReactNode, useLayoutEffect, useRef } from "react"
import styles from "./Sidebar.module.css"

interface Props {
  readonly children: ReactNode
  readonly onClose: () => void
}

/** The sidebar of a narrow screen, over the page. Escape and a tap beside it close it. */
export const Drawer = ({ children, onClose }: Props) => {
  const drawer = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const opened = drawer.current
    opened?.showModal()
    return () => opened?.close()
  }, [])
  return (
    <dialog
      ref={drawer}
      className={styles.drawer}
      aria-label="Lists"
      onClose={() => !drawer.current?.open && onClose()}
    >
      {/* A tap outside the drawer hits this button. */}
      <button type="button" className={styles.beside} tabIndex={-1} aria-hidden="true" onClick={onClose} />
      <div className={styles.side}>{children}</div>
    </dialog>
  )
}
