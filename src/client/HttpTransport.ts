import type { Call, ClientOptions, TokenResult } from "./ClientTypes.ts"
import { isApiError, NetworkError, toError } from "./Errors.ts"
import { abortable, abortableSleep, longestTimer, retryDelay } from "./Retry.ts"

/** The query, body and headers of a request. */
interface RequestInput {
  readonly query?: object
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type Read<A> = (response: Response) => A | Promise<A>

const toSearch = (query: object = {}) => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(name, one instanceof Date ? one.toISOString() : one)
    }
  }
  const text = String(search)
  return text && `?${text}`
}

/** Whether it is a success of the service. The page of a sign-in or of a frontend can have the status 200, too. */
const isOfService = ({ headers, ok }: Response) => ok && !headers.get("content-type")?.startsWith("text/html")

/** Globals of browsers. */
interface Browser {
  readonly location?: { readonly origin: string }
  readonly navigator?: { readonly onLine?: boolean }
}

const { location, navigator } = globalThis as Browser

/** Why a request failed, as far as it can be known: browsers do not give a page the reason. */
const toNetworkError = (message: string, cause: unknown) => {
  if (cause instanceof NetworkError) return cause
  if (navigator?.onLine === false) return new NetworkError("offline", "You are offline.", { cause })
  return new NetworkError("unreachable", message, { cause })
}

const unreachable = (base: string) => {
  const page = location?.origin
  const hint =
    page === undefined || new URL(base, page).origin === page
      ? ""
      : ` If it runs, add ${page} to its ALLOWED_ORIGINS setting.`
  return `Cannot reach the service at ${base}.${hint}`
}

/** Sends requests with a token, and repeats them where that is safe. */
export const makeHttpTransport = (options: ClientOptions) => {
  const { retry = 3, timeout = 15_000, token } = options
  const base = String(options.baseUrl).replace(/\/+$/, "")

  /** The token function may fail or hang, too. */
  const getToken = async (expired: TokenResult, signal: AbortSignal) => {
    try {
      return await abortable(typeof token === "string" ? token : token(expired as string | undefined), signal)
    } catch (cause) {
      throw toNetworkError("Cannot reach the sign-in server.", cause)
    }
  }

  return async <A>(
    method: string,
    path: string,
    { body, headers, query }: RequestInput = {},
    { signal }: Call = {},
    // Only a deletion has nothing to return: filters respond to what they block with 204, too.
    read: Read<A> = (response) => (method === "DELETE" && response.status === 204 ? undefined : response.json()) as A
  ): Promise<A> => {
    const init = {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      body: JSON.stringify(body)
    }
    const url = base + path + toSearch(query)

    const once = async (expired?: TokenResult) => {
      // The time limit of a stream ends with the headers, when its reader is made: an export may take longer than a request.
      const limit = new AbortController()
      const timer = timeout > 0 ? setTimeout(() => limit.abort(), Math.min(timeout, longestTimer)) : undefined
      // A listener on the caller's signal would live as long as the signal: a synchronization has one for all its requests.
      const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal
      try {
        signal?.throwIfAborted()
        const bearer = await getToken(expired, either)
        const headers = { ...init.headers, ...(bearer && { authorization: `Bearer ${bearer}` }) }
        // The service never redirects, and a followed redirect turns a POST into a GET.
        // A tool may replace the global one later, as those for tests do.
        const response = await (options.fetch ?? fetch)(url, { ...init, headers, signal: either, redirect: "manual" })
        return isOfService(response) ? { value: await read(response) } : { error: await toError(response), bearer }
      } catch (cause) {
        signal?.throwIfAborted()
        const late = `The service did not respond within ${timeout / 1000} s.`
        return {
          error: limit.signal.aborted
            ? new NetworkError("timeout", late, { cause })
            : toNetworkError(unreachable(base), cause)
        }
      } finally {
        clearTimeout(timer)
      }
    }

    for (let attempt = 1; ; attempt++) {
      let { bearer, error, value } = await once()
      if (bearer !== token && isApiError(error, "TOKEN_EXPIRED")) {
        ;({ error, value } = await once(bearer))
      }
      if (!error) return value as A
      const delay = retryDelay(attempt, retry, init, error)
      if (delay === undefined) throw error
      await abortableSleep(delay, signal)
    }
  }
}
