import { setTimeout as sleep } from "node:timers/promises"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
  readonly body: any
}

/** Sends a request of a user to any of the processes, and to another one if that is being restarted. */
export type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>

/** The request, or `undefined` if the process stopped before its response was complete. */
export const sendOnce = async (
  origin: string,
  token: string,
  ...[method, path, body, headers]: Parameters<Send>
): Promise<Answer | undefined> => {
  try {
    const response = await fetch(origin + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers
      },
      ...(body !== undefined && { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) }
  } catch {
    return undefined
  }
}

export const sender =
  (origin: () => string, token: string): Send =>
  async (...request) => {
    for (;;) {
      const answer = await sendOnce(origin(), token, ...request)
      // A write may be made twice: then the second one fails with 404, 409 or 412, which a writer expects.
      if (answer !== undefined && answer.status < 500) return answer
      if (answer?.status === 500) throw new Error(`${request[0]} ${request[1]}: 500`)
      await sleep(50)
    }
  }

/** Every row of a list, page by page. */
const listAll = async (send: Send, path: string) => {
  const rows: Array<{ readonly id: string }> = []
  for (let query: string | undefined = "?limit=200"; query !== undefined; ) {
    const { body, headers }: Answer = await send("GET", path + query)
    rows.push(...body)
    query = /<(\?[^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1]
  }
  return rows
}

const lists = [
  ["project", "/api/projects"],
  ["tag", "/api/tags"],
  ["task", "/api/tasks"],
  ["task", "/api/trash"]
] as const

/** What the account has, by the lists and not by the feed. */
export const contents = async (send: Send): Promise<ReadonlyMap<string, unknown>> => {
  const rows = new Map<string, unknown>()
  for (const [type, path] of lists) for (const row of await listAll(send, path)) rows.set(`${type} ${row.id}`, row)
  return rows
}
