import type { ErrorCode, ErrorDetails } from "./ErrorCodes.ts"
import { type ErrorBody, toMessage } from "./Messages.ts"

class ResponseError extends Error {
  override readonly name = "ApiError"
  /** The kind of the error, for programs. */
  declare readonly code: string
  /** The HTTP status of the response. */
  declare readonly status: number
  /** Identifies the request in the server's logs. */
  declare readonly requestId: string
  /** What is wrong and what to do, for developers. `message` is for users. */
  declare readonly detail: string
  /** What is wrong, by field: `{ title: "Must not be blank" }`. In a list or a bulk request a path: `operations.0.task.title`. */
  declare readonly fieldErrors: Readonly<Record<string, string>>
  /** Seconds after which to send the request again, if the server names them. */
  declare readonly retryAfter: number | undefined

  constructor(body: ErrorBody, retryAfter?: number) {
    super(toMessage(body, retryAfter))
    // The first error of a field is the one to show.
    const fieldErrors = Object.fromEntries(
      (body.errors ?? []).map(({ message, pointer }) => [pointer.split("/").slice(2).join("."), message]).reverse()
    )
    // Also the members that only some codes have, like `current`.
    Object.assign(this, body, { requestId: body.request_id, retryAfter, fieldErrors })
  }
}

/** The server refused the request. `code` says why; `message` is for users. */
export type ApiError<Code extends ErrorCode = ErrorCode> = Code extends ErrorCode
  ? ResponseError & { readonly code: Code } & ErrorDetails[Code]
  : never
export const ApiError = ResponseError

/** Why no response of the service arrived. */
export type NetworkErrorReason = "offline" | "timeout" | "unreachable" | "proxy" | "interrupted"

/** No response of the service arrived. Whether a change was made is unknown. */
export class NetworkError extends Error {
  override readonly name = "NetworkError"
  /**
   * `offline`: the browser has no network. `timeout`: no response in time. `unreachable`: the server does not run, or
   * the page's origin is not in its `ALLOWED_ORIGINS`, which looks the same to a page, or the token function failed.
   * `proxy`: something in front of the service responded with `status`. `interrupted`: an export ended early.
   */
  declare readonly reason: NetworkErrorReason
  /** The status of the response of a proxy. */
  declare readonly status: number | undefined
  /** Seconds after which to send the request again, if the proxy names them. */
  declare readonly retryAfter: number | undefined

  constructor(
    reason: NetworkErrorReason,
    message: string,
    members: { readonly status?: number; readonly retryAfter?: number | undefined; readonly cause?: unknown } = {}
  ) {
    super(message, members)
    Object.assign(this, { reason }, members)
  }
}

// Not `instanceof`: a page may have this module twice, as in two bundles.
const hasName = (error: unknown, name: string) => (error as Error | undefined)?.name === name

/**
 * Whether the server refused the request, and for one of these reasons if some are given. It narrows the type:
 * `if (isApiError(error, "TASK_VERSION_CONFLICT")) show(error.current)`.
 */
export const isApiError = <Code extends ErrorCode = ErrorCode>(
  error: unknown,
  ...codes: ReadonlyArray<Code>
): error is ApiError<Code> =>
  hasName(error, "ApiError") && (!codes.length || codes.includes((error as ApiError).code as Code))

/** The statuses with which a firewall or a proxy refuses the request itself: it would refuse it again. */
const refusals = [400, 403, 406, 413, 414, 431]

/** Whether the same request may succeed later: no response, too many requests, or the server is unavailable. */
export const isTemporary = (error: unknown): error is NetworkError | ApiError =>
  hasName(error, "NetworkError")
    ? !refusals.includes((error as NetworkError).status as number)
    : isApiError(error) && /^(408|429|5..)$/.test(String(error.status))

// A proxy that is set up wrongly may name a time far in the future.
const longestRetryAfter = 3_600

/** The seconds of `Retry-After`. A date says nothing without the clock of the server, and 0 does not say how long to wait. */
export const secondsToWait = ({ headers }: Response) => {
  const seconds = Number(headers.get("retry-after"))
  return seconds > 0 ? Math.min(seconds, longestRetryAfter) : undefined
}

/** Turns a response that is no success of the service into an error. */
export const toError = async (response: Response): Promise<Error> => {
  const { headers, ok, status } = response
  const retryAfter = secondsToWait(response)
  if (headers.get("content-type")?.startsWith("application/problem+json")) {
    const body = (await response.json()) as Partial<ErrorBody>
    // Proxies send problems of their own.
    if (body.code) return new ResponseError(body as ErrorBody, retryAfter)
  }
  const message =
    // Browsers hide the status of a redirect: it is 0.
    !ok && status < 400
      ? "The address of the service redirects to another one."
      : `The service is not available (status ${status} from a proxy).`
  return new NetworkError("proxy", message, { status, retryAfter })
}
