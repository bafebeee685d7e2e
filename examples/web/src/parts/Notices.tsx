import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react"
import { Icon } from "./Icon.tsx"
import styles from "./Notices.module.css"

interface Toast {
  readonly key: number
  readonly text: string
  readonly label: string
  readonly run: () => void
}

interface Notices {
  /** Announces to screen readers what happened. */
  readonly announce: (text: string) => void
  /** Shows what happened, with a button. */
  readonly offerUndo: (text: string, undo: () => void) => void
  readonly offer: (text: string, label: string, run: () => void) => void
}

const Context = createContext<Notices>({ announce: () => {}, offerUndo: () => {}, offer: () => {} })

export const useNotices = () => useContext(Context)

const duration = 10_000

export const NoticeProvider = ({ children }: { readonly children: ReactNode }) => {
  const [spoken, setSpoken] = useState("")
  const [toast, setToast] = useState<Toast>()
  const [isHeld, setHeld] = useState(false)
  const close = useCallback(() => {
    setToast(undefined)
    setHeld(false)
  }, [])

  // It stays while the pointer or the focus is on it.
  useEffect(() => {
    if (toast === undefined || isHeld) return
    const timer = setTimeout(close, duration)
    return () => clearTimeout(timer)
  }, [toast, isHeld, close])

  const notices = useMemo(() => {
    // Another toast in its place is held by nobody.
    const show = (text: string, label: string, run: () => void) => {
      setToast({ key: Date.now(), text, label, run })
      setHeld(false)
    }
    return {
      // Screen readers announce only changes; they do not read out a trailing space.
      announce: (text: string) => setSpoken((last) => (last === text ? `${text} ` : text)),
      offerUndo: (text: string, undo: () => void) => show(text, "Undo", undo),
      offer: show
    }
  }, [])

  return (
    <Context value={notices}>
      {children}
      <div className="spoken" role="status">
        {spoken}
      </div>
      <div className={styles.place} role="status">
        {toast !== undefined && (
          // biome-ignore lint/a11y/noStaticElementInteractions: the handlers only keep it open
          <div
            key={toast.key}
            className={styles.toast}
            onPointerEnter={() => setHeld(true)}
            onPointerLeave={() => setHeld(false)}
            onFocus={() => setHeld(true)}
            onBlur={() => setHeld(false)}
          >
            <span dir="auto">{toast.text}</span>
            <button
              type="button"
              onClick={() => {
                toast.run()
                close()
              }}
            >
              {toast.label}
            </button>
            <button type="button" className="icon" aria-label="Dismiss" onClick={close}>
              <Icon name="close" size={16} />
            </button>
          </div>
        )}
      </div>
    </Context>
  )
}
