import { type ApiError, isApiError, isTemporary, NetworkError } from "effect-tasks/client"

/** Whether the service wants the user to sign in. */
export const isSignedOut = (error: unknown): error is ApiError => isApiError(error) && error.status === 401

/** Milliseconds until the next attempt after a temporary error. */
export const retryInterval = ({ retryAfter = 0 }: ApiError | NetworkError) => Math.max(5, retryAfter) * 1000

/** What went wrong, for a user. */
export const messageFor = (error: unknown): string => {
  if (error instanceof NetworkError && error.reason !== "offline") return "Can't reach the task service."
  return error instanceof Error ? error.message : String(error)
}

export { isTemporary }
