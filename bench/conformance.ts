import { isDeepStrictEqual } from "node:util"
import { Effect } from "effect"
import type { Server } from "./interleaved.ts"
import { get, mix, type Request, type Workload, workloads } from "./workloads.ts"

const send = async ({ url }: Pick<Server, "url">, { body, ifMatch, method, path }: Request, token: string) => {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(ifMatch !== undefined && { "if-match": `"${ifMatch}"` }),
      ...(body !== undefined && { "content-type": "application/json" })
    },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get("content-type") ?? "")
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

/** Replaces the values that differ between two equal writes by their type. */
const withoutValues = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutValues)
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutValues(inner)]))
  }
  if (typeof value === "number") return "number"
  if (typeof value !== "string") return value
  return value
    .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "timestamp")
    .replace(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, "uuid")
    .replace(/^n[\da-f]{14}$/, "position")
}

const samples = 5

const excerpt = (value: unknown) => JSON.stringify(value).slice(0, 500)

/** Sends the same requests to every server. Their JSON, and the presence of these headers, must be equal. */
const compareResponses = async (servers: ReadonlyArray<Server>, workload: Workload) => {
  const differences: Array<string> = []
  for (const [n, target] of (servers[0]?.database.targets ?? []).slice(0, samples).entries()) {
    let expected: unknown
    for (const server of servers) {
      const request = workload.request(target, n)
      const { body, headers, status } = await send(server, request, server.tokens.tokenOf(request.user_id))
      const response = {
        status,
        headers: ["etag", "link", "location"].filter((name) => headers.has(name)),
        body: workload.writes ? withoutValues(body) : body
      }
      expected ??= response
      if (status < 300 && isDeepStrictEqual(response, expected)) continue
      differences.push(
        `${server.implementation.title}, ${workload.title}: ${excerpt(response)}, expected ${excerpt(expected)}`
      )
    }
  }
  return differences
}

/** Requests that every server must reject with the same status: an implementation that skips a check would be faster. */
const compareRejections = async ({ database, tokens, ...server }: Server) => {
  const first = database.nextRequest(get)
  const { path, user_id } = first
  const token = tokens.tokenOf(user_id)
  const otherUser = database.users.find((user) => user !== user_id) ?? ""
  const late = { method: "PATCH", path, user_id, body: { title: "Late" } }
  const cases: ReadonlyArray<readonly [status: number, request: Request, token: string]> = [
    [401, first, ""],
    [401, first, `${token.slice(0, -4)}AAAA`],
    [404, first, tokens.tokenOf(otherUser)],
    [404, late, tokens.tokenOf(otherUser)],
    [412, { ...late, ifMatch: 1_000_000 }, token],
    [422, { method: "POST", path: "/api/tasks", user_id, body: { title: " " } }, token],
    [422, { method: "GET", path: "/api/tasks?limit=201", user_id }, token]
  ]
  const differences: Array<string> = []
  for (const [expected, request, token] of cases) {
    const { status } = await send(server, request, token)
    if (status === expected) continue
    differences.push(
      `${server.implementation.title}, ${request.method} ${request.path}: status ${status}, expected ${expected}`
    )
  }
  return differences
}

/** Fails unless all servers do the same work. Servers on different databases have different tasks. */
export const check = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>) {
  const differences: Array<string> = []
  for (const [{ restore }, group] of Map.groupBy(servers, ({ database }) => database)) {
    for (const workload of workloads.filter((workload) => workload !== mix)) {
      differences.push(...(yield* Effect.promise(() => compareResponses(group, workload))))
    }
    for (const server of group) differences.push(...(yield* Effect.promise(() => compareRejections(server))))
    yield* restore
  }
  if (differences.length > 0) {
    yield* Effect.die(new Error(`The implementations do not conform:\n${differences.join("\n")}`))
  }
})
