import { ApiError, isApiError, type NetworkError } from "./Errors.ts"

const attempts = 4
/** Longer than this nobody waits in front of a page. Who is told to come later is told so. */
const longest = 10_000
const first = 250

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

/** Whether the request may be sent again: nothing was done, or to do it again does nothing more. */
const isRepeatable = ({ headers, method }: Sent, fault: ApiError | NetworkError) => {
  // The limit is judged before anything is done, so this holds for every request.
  if (isApiError(fault) && Number(fault.problem.status) === 429) return true
  const isSafe = method === "GET" || headers["idempotency-key"] !== undefined
  // The first of two requests under one key may still be under way when the second comes.
  return (
    isSafe && (!isApiError(fault) || fault.problem.status === 503 || isApiError(fault, "IDEMPOTENCY_KEY_IN_PROGRESS"))
  )
}

/** Milliseconds until the next attempt, or none when the fault is the answer. */
export const retryDelay = (attempt: number, sent: Sent, fault: ApiError | NetworkError) => {
  if (attempt >= attempts || !isRepeatable(sent, fault)) return undefined
  const told = fault instanceof ApiError ? fault.retryAfter : undefined
  const least = told === undefined ? first * 2 ** (attempt - 1) : told * 1000
  // Whoever was refused together shall not come back together.
  return least > longest ? undefined : least + Math.random() * Math.max(first, least / 2)
}

/** Ends early, with the signal's reason, when the signal is aborted. */
export const abortableSleep = (milliseconds: number, signal: AbortSignal | undefined) =>
  new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener("abort", stop, { once: true })
    if (signal?.aborted === true) stop()
  })
