import { useSyncExternalStore } from "react"

// The error of the last request to the service, if it failed.
let lastError: unknown
const listeners = new Set<() => void>()

export const reportStatus = (error: unknown) => {
  if (error === lastError) return
  lastError = error
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The error of the last request to the service, if it failed. */
export const useServiceError = (): unknown => useSyncExternalStore(subscribe, () => lastError)
