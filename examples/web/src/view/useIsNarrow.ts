import { useSyncExternalStore } from "react"

// The stylesheets have the same number.
const narrow = window.matchMedia("(max-width: 760px)")

const subscribe = (listener: () => void) => {
  narrow.addEventListener("change", listener)
  return () => narrow.removeEventListener("change", listener)
}

/** Whether the screen is too narrow for two columns. */
export const useIsNarrow = () => useSyncExternalStore(subscribe, () => narrow.matches)
