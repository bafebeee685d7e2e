import { isDeepStrictEqual } from "node:util"
import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import type { Database } from "./database.ts"
import type { Implementation } from "./implementations.ts"
import { startServer } from "./interleaved.ts"
import { get, mix, type Request, workloads } from "./workloads.ts"

const send = async (url: string, { body, ifMatch, method, path }: Request, token: string) => {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(ifMatch !== undefined && { "if-match": `"${ifMatch}"` }),
      ...(body !== undefined && { "content-type": "application/json" })
    },
    body: body === undefined ? null : JSON.stringify(body)
  })
  const json: unknown = await response.json()
  return {
    status: response.status,
    headers: ["etag", "link", "location"].filter((name) => response.headers.has(name)),
    body: method === "GET" ? json : withoutValues(json)
  }
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

interface Case {
  readonly status: number
  /** Builds the request anew for each server, because a change increments the version of its task. */
  readonly request: () => Request
  readonly token?: string
}

const samples = 5

/** Requests of all workloads, and requests that every server must reject: one that skips a check would be faster. */
const casesOf = ({ nextRequest, targets, users }: Database, { tokenOf }: AccessTokens.AccessTokens) => {
  const accepted = workloads
    .filter((workload) => workload !== mix)
    .flatMap((workload) =>
      targets.slice(0, samples).map((target, n): Case => {
        const request = () => workload.request(target, n)
        return { status: workload.name === "post" ? 201 : 200, request }
      })
    )
  const first = nextRequest(get)
  const { path, user_id } = first
  const otherUser = tokenOf(users.find((user) => user !== user_id) ?? "")
  const late = { method: "PATCH", path, user_id, body: { title: "Late" } }
  const rejected: ReadonlyArray<Case> = [
    { status: 401, request: () => first, token: "" },
    { status: 401, request: () => first, token: `${tokenOf(user_id).slice(0, -4)}AAAA` },
    { status: 404, request: () => first, token: otherUser },
    { status: 404, request: () => late, token: otherUser },
    { status: 412, request: () => ({ ...late, ifMatch: 1_000_000 }) },
    { status: 422, request: () => ({ method: "POST", path: "/api/tasks", user_id, body: { title: " " } }) },
    { status: 422, request: () => ({ method: "GET", path: "/api/tasks?limit=201", user_id }) }
  ]
  return [...accepted, ...rejected]
}

/**
 * Starts implementations on one database and fails unless they do the same work: equal JSON and the presence of the same
 * headers for requests that succeed, equal statuses for others.
 */
export const startServers = Effect.fnUntraced(function* (
  algorithm: AccessTokens.Algorithm,
  database: Database,
  implementations: ReadonlyArray<Implementation>
) {
  const tokens = yield* AccessTokens.make(algorithm, database.users)
  const servers = yield* Effect.forEach(implementations, (one) => startServer(one, database, tokens))
  for (const { request, status, token } of casesOf(database, tokens)) {
    let expected: unknown
    for (const { implementation, url } of servers) {
      const sent = request()
      const response = yield* Effect.promise(() => send(url, sent, token ?? tokens.tokenOf(sent.user_id)))
      expected ??= response
      if (response.status === status && (status >= 300 || isDeepStrictEqual(response, expected))) continue
      const difference = `${JSON.stringify(response)}, expected status ${status} and ${JSON.stringify(expected)}`
      return yield* Effect.die(new Error(`${implementation.title}, ${sent.method} ${sent.path}: ${difference}`))
    }
  }
  yield* database.restore
  return servers
})
