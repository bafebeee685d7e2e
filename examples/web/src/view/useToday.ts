import { useSyncExternalStore } from "react"
import { dayOf } from "./dates.ts"

const subscribe = (listener: () => void) => {
  const timer = setInterval(listener, 30_000)
  // A suspended page has no timers.
  document.addEventListener("visibilitychange", listener)
  return () => {
    clearInterval(timer)
    document.removeEventListener("visibilitychange", listener)
  }
}

/** Today, in the user's time zone. The component renders again when the next day begins. */
export const useToday = () => useSyncExternalStore(subscribe, () => dayOf(new Date()))
