import { useSyncExternalStore } from "react"

// The error of the last request to the service, if it failed.
let lastError: unknown
// Whether the browser could store every change that waits.
let areChangesStored = true
const listeners = new Set<() => void>()

const notify = () => {
  for (const listener of listeners) listener()
}

export const reportStatus = (error: unknown) => {
  if (error === lastError) return
  lastError = error
  notify()
}

export const reportNotStored = () => {
  areChangesStored = false
  notify()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The error of the last request to the service, if it failed. */
export const useServiceError = (): unknown => useSyncExternalStore(subscribe, () => lastError)

/** Whether the changes that wait survive a reload. */
export const useAreChangesStored = (): boolean => useSyncExternalStore(subscribe, () => areChangesStored)
