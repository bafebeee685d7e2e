import { ApiError, isProblem, NetworkError } from "effect-tasks/client"

/** Whether nobody is signed in any more, for the service. */
export const isSignedOut = (error: unknown) => isProblem(error, "TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED")

/** Whether it may pass by itself: what was asked for can be asked for again. */
export const isPassing = (error: unknown) =>
  error instanceof NetworkError || (isProblem(error) && [429, 500, 503].includes(Number(error.problem.status)))

/** Milliseconds after which to try again what may pass by itself. */
export const patience = (error: unknown) => Math.max(5, (error instanceof ApiError && error.retryAfter) || 0) * 1000

const when = (seconds: number | undefined) => {
  if (seconds === undefined) return "Try again in a moment."
  const time = new Date(Date.now() + seconds * 1000).toLocaleTimeString()
  return seconds < 60 ? `Try again in ${Math.ceil(seconds)} s.` : `Try again at ${time}.`
}

/** What went wrong and what to do, for the person in front of the page. */
export const wordsFor = (error: unknown): string => {
  if (error instanceof NetworkError) {
    return navigator.onLine ? "The task service cannot be reached." : "You are offline."
  }
  if (!isProblem(error)) return error instanceof Error ? error.message : String(error)
  const { problem, retryAfter } = error
  switch (Number(problem.status)) {
    case 429:
      return `That was more than the service takes at once. ${when(retryAfter)}`
    case 503:
      return `The service cannot answer now. ${when(retryAfter)}`
    case 500:
      return `The service failed. Whoever runs it finds out why by ${problem.request_id}.`
  }
  switch (problem.code) {
    case "TASK_NOT_FOUND":
      return "This task is no longer there: it was deleted elsewhere."
    case "TASK_VERSION_CONFLICT":
      return "This task was changed elsewhere meanwhile."
    case "TAG_NAME_TAKEN":
      return `There is a tag “${problem.current.name}” already.`
    case "TOKEN_MISSING":
      return "You were signed out."
    case "VALIDATION_FAILED":
      return problem.errors.map(({ message, pointer }) => `${pointer.split("/").at(-1)}: ${message}`).join(". ")
    default:
      return `${problem.title}. ${problem.detail}`
  }
}
