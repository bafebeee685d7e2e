import { isDeepStrictEqual } from "node:util"
import { Effect } from "effect"
import * as Arena from "./arena.ts"
import type { Identities } from "./identities.ts"
import type { Stand } from "./stands.ts"
import { type Field, type Request, requestsOf, type Workload, workloads } from "./workloads.ts"

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

const ask = async ({ url }: Stand, { body, ifMatch, method, path }: Request, token: string): Promise<Answer> => {
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

/** What a write decides anew each time is compared by its form. */
const formOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(formOf)
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, formOf(inner)]))
  }
  if (typeof value === "number") return "number"
  if (typeof value !== "string") return value
  return value
    .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "timestamp")
    .replace(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, "uuid")
    .replace(/^n[\da-f]{14}$/, "position")
}

const samples = 5
const telling = ["etag", "link", "location"]

const beginningOf = (value: unknown) => JSON.stringify(value).slice(0, 500)

/** The same requests to all: they must be answered with the same JSON, and by the headers that clients go by. */
const compare = async (stands: ReadonlyArray<Stand>, { tokenOf }: Identities, workload: Workload, field: Field) => {
  const faults: Array<string> = []
  for (const request of requestsOf(workload, field, samples)) {
    let first: unknown
    for (const [turn, stand] of stands.entries()) {
      // Each finds the version that the one before left.
      const ifMatch = request.ifMatch === undefined ? {} : { ifMatch: request.ifMatch + turn }
      const { body, headers, status } = await ask(stand, { ...request, ...ifMatch }, tokenOf(request.user_id))
      const about = `${stand.contestant.title}, ${workload.title}`
      const told = { body: workload.writes ? formOf(body) : body, by: telling.filter((name) => headers.has(name)) }
      first ??= told
      if (status >= 300) faults.push(`${about}: ${status} ${beginningOf(body)}`)
      else if (!isDeepStrictEqual(told, first)) {
        faults.push(`${about}: ${beginningOf(told)} and not ${beginningOf(first)}`)
      }
    }
  }
  return faults
}

/** What must be refused, by all alike: nobody is fast by not looking. */
const refusals = async (stands: ReadonlyArray<Stand>, { tokenOf }: Identities, { targets }: Field) => {
  const [target, other] = [targets[0], targets.find(({ user_id }) => user_id !== targets[0]?.user_id)]
  if (target === undefined || other === undefined) throw new Error("There are no two users")
  const { id, user_id, version } = target
  const path = `/api/tasks/${id}`
  const token = tokenOf(user_id)
  const cases: ReadonlyArray<readonly [status: number, request: Request, token: string]> = [
    [401, { method: "GET", path, user_id }, ""],
    [401, { method: "GET", path, user_id }, `${token.slice(0, -4)}AAAA`],
    [404, { method: "GET", path, user_id }, tokenOf(other.user_id)],
    [412, { method: "PATCH", path, user_id, body: { title: "Late" }, ifMatch: version + 1000 }, token],
    [422, { method: "POST", path: "/api/tasks", user_id, body: { title: " " } }, token],
    [422, { method: "GET", path: "/api/tasks?limit=201", user_id }, token]
  ]
  const faults: Array<string> = []
  for (const stand of stands) {
    for (const [expected, request, token] of cases) {
      const { status } = await ask(stand, request, token)
      if (status === expected) continue
      faults.push(`${stand.contestant.title}, ${request.method} ${request.path}: ${status} and not ${expected}`)
    }
  }
  return faults
}

/** Fails unless all contestants do the same work, whichever workloads are raced. */
export const check = Effect.fnUntraced(function* (
  arena: Arena.Arena,
  identities: Identities,
  stands: ReadonlyArray<Stand>
) {
  const faults: Array<string> = []
  for (const workload of workloads) {
    const field = yield* Arena.field(arena.size)
    faults.push(...(yield* Effect.promise(() => compare(stands, identities, workload, field))))
  }
  const field = yield* Arena.field(arena.size)
  faults.push(...(yield* Effect.promise(() => refusals(stands, identities, field))))
  yield* Arena.restore
  if (faults.length > 0) yield* Effect.die(new Error(`The contestants do not do the same:\n${faults.join("\n")}`))
})
