import type { ApiErrorBody } from "./ApiTypes.ts"

/** The service said no. `problem.code` says why, and what else the problem carries follows from it. */
export class ApiError<P extends ApiErrorBody = ApiErrorBody> extends Error {
  override readonly name = "ApiError"
  readonly problem: P
  /** Seconds after which the service wants to be asked again, where it said so. */
  readonly retryAfter: number | undefined

  constructor(problem: P, retryAfter?: number) {
    super(problem.detail)
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** The service gave no answer: the network is away, or what stands between answered in its place. */
export class NetworkError extends Error {
  override readonly name = "NetworkError"
  /** The status of whatever answered, where something did. */
  readonly status: number | undefined

  constructor(message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.status = options.status
  }
}

/** Whether the service said no, and for one of these reasons where some are given. */
export const isApiError = <Code extends ApiErrorBody["code"] = ApiErrorBody["code"]>(
  thrown: unknown,
  ...codes: ReadonlyArray<Code>
): thrown is ApiError<Extract<ApiErrorBody, { readonly code: Code }>> =>
  thrown instanceof ApiError && (codes.length === 0 || codes.some((code) => code === thrown.problem.code))

const problemType = "application/problem+json"

/** What an answer without success means. */
export const toError = async (response: Response): Promise<ApiError | NetworkError> => {
  const { headers, status } = response
  if (headers.get("content-type")?.startsWith(problemType)) {
    const seconds = Number(headers.get("retry-after") ?? Number.NaN)
    return new ApiError((await response.json()) as ApiErrorBody, Number.isFinite(seconds) ? seconds : undefined)
  }
  return new NetworkError(`Something in front of the service answered with ${status}`, { status })
}
