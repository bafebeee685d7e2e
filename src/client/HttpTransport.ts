import type { EndpointAt, Method, Path, RequestInput, ResponseBody } from "./ApiTypes.ts"
import { isApiError, NetworkError, toError } from "./Errors.ts"
import { abortableSleep, retryDelay } from "./Retry.ts"

/**
 * The token itself, or what finds it. It is asked for every request, and once more with the token that has expired:
 * then it must not give that one again.
 */
export type Token = string | ((expired?: string) => Text | Promise<Text>)
type Text = string | null | undefined

export interface Options {
  /** Where the service is: `https://tasks.example.com`. */
  readonly baseUrl: string | URL
  readonly token: Token
}

export interface Call {
  readonly signal?: AbortSignal | undefined
}

type Read<A> = (response: Response) => A | Promise<A>

const readJson: Read<unknown> = (response) => (response.status === 204 ? undefined : response.json())

interface Loose {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const searchOf = (query: Readonly<Record<string, unknown>> = {}) => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one))
  }
  const text = String(search)
  return text === "" ? "" : `?${text}`
}

const pathOf = (path: string, params: Readonly<Record<string, string>> = {}) =>
  path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params[name] ?? ""))

/** Sends requests of the contract: with a token, and again where that can help. */
export const makeHttpTransport = ({ baseUrl, token }: Options) => {
  const base = String(baseUrl).replace(/\/+$/, "")

  const once = async <A>(url: string, init: RequestInit, bearer: Text, read: Read<A>) => {
    const headers = { ...(init.headers as object), ...(bearer && { authorization: `Bearer ${bearer}` }) }
    try {
      const response = await fetch(url, { ...init, headers })
      return response.ok ? { value: await read(response) } : { fault: await toError(response) }
    } catch (cause) {
      init.signal?.throwIfAborted()
      return { fault: new NetworkError(`The service at ${base} gave no answer`, { cause }) }
    }
  }

  const withToken = async <A>(url: string, init: RequestInit, read: Read<A>) => {
    if (typeof token === "string") return once(url, init, token, read)
    const bearer = await token()
    init.signal?.throwIfAborted()
    const outcome = await once(url, init, bearer, read)
    if (!bearer || !isApiError(outcome.fault, "TOKEN_EXPIRED")) return outcome
    return once(url, init, await token(bearer), read)
  }

  /** The method and the path choose the endpoint, and the contract says the rest. */
  return async <M extends Method, P extends Path<M>>(
    method: M,
    path: P,
    parts: RequestInput<EndpointAt<M, P>>,
    { signal }: Call = {},
    read = readJson as Read<ResponseBody<EndpointAt<M, P>>>
  ): Promise<ResponseBody<EndpointAt<M, P>>> => {
    const { body, headers, params, query } = parts as Loose
    const init = {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal })
    }
    const url = base + pathOf(path, params) + searchOf(query)
    for (let attempt = 1; ; attempt++) {
      const { fault, value } = await withToken(url, init, read)
      if (fault === undefined) return value
      const wait = retryDelay(attempt, init, fault)
      if (wait === undefined) throw fault
      await abortableSleep(wait, signal)
    }
  }
}

export type HttpTransport = ReturnType<typeof makeHttpTransport>
