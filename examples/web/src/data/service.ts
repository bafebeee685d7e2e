import { useSyncExternalStore } from "react"

// The last thing that was heard of the service: all is well, or what is not.
let fault: unknown
const listeners = new Set<() => void>()

export const hear = (news: unknown) => {
  if (news === fault) return
  fault = news
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What is wrong with the service, where something is. */
export const useServiceFault = (): unknown => useSyncExternalStore(subscribe, () => fault)
