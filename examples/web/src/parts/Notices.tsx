import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react"
import { Icon } from "./Icon.tsx"
import styles from "./Notices.module.css"

interface Toast {
  readonly key: number
  readonly text: string
  readonly undo: () => void
}

interface Notices {
  /** Says what happened to those who do not see it. */
  readonly announce: (text: string) => void
  /** Says what happened to everyone, with a way back. */
  readonly offerUndo: (text: string, undo: () => void) => void
}

const Context = createContext<Notices>({ announce: () => {}, offerUndo: () => {} })

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

  // It stays as long as someone points at it or stands on it.
  useEffect(() => {
    if (toast === undefined || isHeld) return
    const timer = setTimeout(close, duration)
    return () => clearTimeout(timer)
  }, [toast, isHeld, close])

  const notices = useMemo(
    () => ({
      // The same words twice are news only if something changes: a space at the end is not read out.
      announce: (text: string) => setSpoken((last) => (last === text ? `${text} ` : text)),
      offerUndo: (text: string, undo: () => void) => setToast({ key: Date.now(), text, undo })
    }),
    []
  )

  return (
    <Context value={notices}>
      {children}
      <div className="spoken" role="status">
        {spoken}
      </div>
      <div className={styles.place} role="status">
        {toast !== undefined && (
          // biome-ignore lint/a11y/noStaticElementInteractions: it is only watched, to stay while someone is on it
          <div
            key={toast.key}
            className={styles.toast}
            onPointerEnter={() => setHeld(true)}
            onPointerLeave={() => setHeld(false)}
            onFocus={() => setHeld(true)}
            onBlur={() => setHeld(false)}
          >
            <span>{toast.text}</span>
            <button
              type="button"
              onClick={() => {
                toast.undo()
                close()
              }}
            >
              Undo
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
