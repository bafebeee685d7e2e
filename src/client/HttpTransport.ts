import type { Call, ClientOptions, TokenResult } from "./ClientTypes.ts"
import { isApiError, NetworkError, toError } from "./Errors.ts"
import { abortableSleep, retryDelay } from "./Retry.ts"

/** The query, body and headers of a request. */
interface RequestInput {
  readonly query?: object
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type Read<A> = (response: Response) => A | Promise<A>

const readJson: Read<never> = (response) => (response.status === 204 ? undefined : response.json()) as never

const toText = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))

const toSearch = (query: object = {}) => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, toText(one))
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

/** Why `fetch` failed, as far as it can be known: browsers do not give a page the reason. */
const toNetworkError = (base: string, cause: unknown) => {
  if (navigator?.onLine === false) return new NetworkError("offline", "You are offline.", { cause })
  const page = location?.origin
  const hint =
    page === undefined || base.startsWith(page) ? "" : ` If it runs, add ${page} to its ALLOWED_ORIGINS setting.`
  return new NetworkError("unreachable", `Cannot reach the service at ${base}.${hint}`, { cause })
}

/** Sends requests with a token, and repeats them where that is safe. */
export const makeHttpTransport = (options: ClientOptions) => {
  const { fetch: send = fetch, retry = 3, timeout = 15_000, token } = options
  const base = String(options.baseUrl).replace(/\/+$/, "")

  const once = async <A>(url: string, init: RequestInit, bearer: TokenResult, read: Read<A>) => {
    const { signal } = init
    const headers = { ...init.headers, ...(bearer && { authorization: `Bearer ${bearer}` }) }
    // The time limit of a stream ends with the headers, when its reader is made: an export may take longer than a request.
    const limit = new AbortController()
    const timer = timeout > 0 ? setTimeout(() => limit.abort(), timeout) : undefined
    // A listener on the caller's signal would live as long as the signal: a synchronization has one for all its requests.
    const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal
    try {
      signal?.throwIfAborted()
      // The service never redirects, and a followed redirect turns a POST into a GET.
      const response = await send(url, { ...init, headers, signal: either, redirect: "manual" })
      return isOfService(response) ? { value: await read(response) } : { error: await toError(response) }
    } catch (cause) {
      signal?.throwIfAborted()
      if (limit.signal.aborted) {
        return {
          error: new NetworkError("timeout", `The service did not respond within ${timeout / 1000} s.`, { cause })
        }
      }
      return { error: toNetworkError(base, cause) }
    } finally {
      clearTimeout(timer)
    }
  }

  const withToken = async <A>(url: string, init: RequestInit, read: Read<A>) => {
    if (typeof token === "string") return once(url, init, token, read)
    const bearer = await token()
    const outcome = await once(url, init, bearer, read)
    if (!bearer || !isApiError(outcome.error, "TOKEN_EXPIRED")) return outcome
    return once(url, init, await token(bearer), read)
  }

  return async <A>(
    method: string,
    path: string,
    { body, headers, query }: RequestInput = {},
    { signal }: Call = {},
    read: Read<A> = readJson
  ): Promise<A> => {
    const init = {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal })
    }
    const url = base + path + toSearch(query)
    for (let attempt = 1; ; attempt++) {
      const { error, value } = await withToken(url, init, read)
      if (error === undefined) return value as A
      const delay = retryDelay(attempt, retry, init, error)
      if (delay === undefined) throw error
      await abortableSleep(delay, signal)
    }
  }
}
