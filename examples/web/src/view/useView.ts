import { useMemo, useSyncExternalStore } from "react"
import { read, type View, write } from "./View.ts"

const subscribe = (listener: () => void) => {
  window.addEventListener("popstate", listener)
  return () => window.removeEventListener("popstate", listener)
}

/** Shows another view. `replace` adds no history entry, for example for each letter of a search. */
export const show = (view: View, { replace = false } = {}) => {
  history[replace ? "replaceState" : "pushState"](null, "", write(view))
  window.dispatchEvent(new PopStateEvent("popstate"))
}

/** Goes to another list and focuses its heading, for keyboards and screen readers. */
export const visit = (view: View) => {
  const before = document.activeElement
  show(view)
  const focusTitle = () => {
    // Not while the user is typing in a field already.
    if (document.activeElement !== before && document.activeElement?.matches("input, textarea, select")) return
    document.getElementById("title")?.focus()
  }
  requestAnimationFrame(() => requestAnimationFrame(focusTitle))
}

export const useView = (): View => {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search)
  return useMemo(() => read(new URL(address, location.origin)), [address])
}
