import { type ApiError, isApiError, isTemporary, type NetworkError } from "./Errors.ts"

// A user does not wait longer than this; the error says when to try again.
const longestDelay = 10_000
const firstDelay = 250
/** A longer timer of JavaScript fires at once. */
export const longestTimer = 2 ** 31 - 1

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

/** Whether the same request may be sent again: nothing was done, or a repetition has no second effect. */
const isRepeatable = ({ headers, method }: Sent, error: unknown) => {
  // The server counts requests before it does anything.
  if (isApiError(error, "RATE_LIMITED")) return true
  if (method !== "GET" && !headers["idempotency-key"]) return false
  // Of two requests with one key the first may still run when the second arrives. A 500 is a bug: it would fail again.
  return isApiError(error, "IDEMPOTENCY_KEY_IN_PROGRESS") || (isTemporary(error) && error.status !== 500)
}

/** Milliseconds until the next attempt, or `undefined` to give up. */
export const retryDelay = (attempt: number, retries: number, sent: Sent, error: unknown) => {
  if (attempt > retries || !isRepeatable(sent, error)) return undefined
  const seconds = (error as ApiError | NetworkError).retryAfter
  const least = seconds === undefined ? firstDelay * 2 ** (attempt - 1) : seconds * 1000
  // Clients that were refused at the same time must not repeat their requests at the same time.
  return least > longestDelay ? undefined : least + Math.random() * Math.max(firstDelay, least / 2)
}

/** Rejects with the signal's reason when the signal is aborted, and leaves no listener on it otherwise. */
export const abortable = <A>(result: A | PromiseLike<A>, signal: AbortSignal | undefined): Promise<A> => {
  let stop: () => void
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal?.reason)
    signal?.addEventListener("abort", stop)
    if (signal?.aborted) stop()
  })
  return Promise.race([result, aborted]).finally(() => signal?.removeEventListener("abort", stop))
}

/** Rejects like `abortable`. */
export const abortableSleep = (milliseconds: number, signal: AbortSignal | undefined) => {
  let timer: ReturnType<typeof setTimeout>
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, longestTimer))
  })
  return abortable(slept, signal).finally(() => clearTimeout(timer))
}
