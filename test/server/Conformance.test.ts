import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { encodeCursor } from "../../src/domain/Change.ts"
import * as TestAuth from "../support/TestAuth.ts"
import { common, id, missing } from "./conformance/Repositories.ts"
import { Servers } from "./conformance/Servers.ts"

// Headers that the contract declares, and the type of the body. The pipeline adds others to all responses.
const compared = [
  ...["content-type", "etag", "location", "link", "x-total-count", "retry-after", "www-authenticate"],
  ...["content-disposition", "accept-patch"]
]

/** What must be equal. The library leaves the request's id empty and the type of an empty body aside. */
const essence = (response: Response) =>
  Effect.promise(async () => {
    const text = await response.text()
    const type = response.headers.get("content-type") ?? ""
    const { request_id: _, ...body } = /[/+]json$/.test(type) && text.startsWith("{") ? JSON.parse(text) : { text }
    return {
      status: response.status,
      headers: compared.flatMap((name) => {
        const value = response.headers.get(name)
        return value === null || (name === "content-type" && text === "") ? [] : [`${name}: ${value}`]
      }),
      body
    }
  })

interface Case {
  readonly as?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

const json = (body: unknown, headers = {}): Case => ({
  body,
  headers: { "content-type": "application/json", ...headers }
})

const resources = ["tasks", "projects", "tags"] as const
const valid = { tasks: { title: "Buy milk" }, projects: { name: "Home" }, tags: { name: "errand" } }

const equal: ReadonlyArray<readonly [string, string, Case?]> = [
  ...resources.flatMap((name) => [
    ["GET", `/api/${name}`] as const,
    ["GET", `/api/${name}?limit=1&count=exact`] as const,
    ["GET", `/api/${name}?limit=1&offset=3`] as const,
    ["HEAD", `/api/${name}`] as const,
    ["POST", `/api/${name}`, json(valid[name])] as const,
    ["GET", `/api/${name}/${id}`] as const,
    ["GET", `/api/${name}/${missing}`] as const,
    ["GET", `/api/${name}/${id}`, { headers: { "if-none-match": '"3"' } }] as const,
    ["GET", `/api/${name}/${id}`, { headers: { "if-none-match": '"2", W/"7"' } }] as const,
    ["PATCH", `/api/${name}/${id}`, json(valid[name])] as const,
    ["PATCH", `/api/${name}/${id}`, json(valid[name], { "if-match": '"3"' })] as const,
    ["PATCH", `/api/${name}/${id}`, json(valid[name], { "if-match": '"2"' })] as const,
    ["PATCH", `/api/${name}/${id}`, json({}, { "content-type": "application/merge-patch+json" })] as const,
    ["PUT", `/api/${name}/${id}`, json(valid[name], { "if-match": "*" })] as const,
    ["DELETE", `/api/${name}/${id}`] as const,
    ["DELETE", `/api/${name}/${id}`, { headers: { "if-match": '"9"' } }] as const
  ]),
  ["GET", "/api/tasks?status=pending&status=completed&priority=high&q=milk%20and%20eggs&sort=-title"],
  ["POST", "/api/tasks", json({ title: "exists" })],
  ["POST", "/api/tasks", json({ title: "in trash" })],
  ["POST", "/api/tasks", json({ title: "reference" })],
  ["POST", "/api/tags", json({ name: "taken" })],
  ["POST", `/api/tasks/${id}/move`, json({ before: missing })],
  ["POST", "/api/tasks/parse", json({ text: "Buy milk on Dec 3 at 9", now: common.created_at })],
  ["POST", "/api/tasks/parse", json({ text: "Café #home @errand !high", language: "fr" })],
  ["GET", `/api/tasks/${id}/completions?count=exact`],
  ["GET", `/api/tasks/${missing}/completions`],
  ["POST", "/api/recurrence/preview", json({ rrule: "FREQ=DAILY", due: { date: "2026-12-01" } })],
  [
    "POST",
    "/api/recurrence/preview",
    json({ rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", due: { date: "2026-12-01" } })
  ],
  ["POST", "/api/tasks/bulk", json({ operations: [{ op: "delete", id }] })],
  ["GET", "/api/trash"],
  ["POST", `/api/tasks/${id}/restore`],
  ["POST", `/api/tasks/${missing}/restore`],
  ["DELETE", `/api/trash/${id}`],
  ["GET", "/api/changes"],
  ["GET", `/api/changes?limit=1&cursor=${encodeCursor(TestAuth.ada, { epoch: 1, seq: 2 })}`],
  ["GET", `/api/changes?cursor=${encodeCursor(TestAuth.bob, { epoch: 1, seq: 2 })}`],
  ["DELETE", "/api/account?confirm=ada"],
  ["DELETE", "/api/account?confirm=bob"],
  ["GET", "/api/export"],
  ["GET", "/api/me"],
  ["GET", "/api/me", { as: "expired" }],
  ["GET", "/api/me", { as: "forged" }],
  ["GET", "/health/live"],
  ["GET", "/health"],
  ["GET", "/health/ready"],
  ["GET", "/health/live?ts=1700000000"]
]

/** Where the pipeline answers otherwise on purpose, and why. */
const different: ReadonlyArray<readonly [reason: string, library: number, service: number, string, string, Case?]> = [
  ["an unknown path gets a problem", 404, 404, "GET", "/api/nothing"],
  ["a wrong method is 405 with Allow", 404, 405, "PUT", "/api/me"],
  ["an invalid path parameter is 422 with its error", 400, 422, "GET", "/api/tasks/7"],
  ["an invalid query is 422 with every error", 400, 422, "GET", "/api/tasks?limit=0&page=2"],
  ["an invalid header is 422", 400, 422, "DELETE", `/api/tasks/${id}`, { headers: { "if-match": "1" } }],
  ["an invalid body is 422 with every error", 400, 422, "POST", "/api/tasks", json({ title: "", x: 1 })],
  ["a body that is not JSON is 422", 400, 422, "POST", "/api/tasks", { ...json("{"), body: "{" }],
  ["a query where none is declared is 422", 200, 422, "GET", "/api/me?x=1"],
  ["a query that is not UTF-8 is 422", 200, 422, "GET", "/api/tasks?q=caf%E9"],
  ["another media type gets a problem", 415, 415, "POST", "/api/tasks", json({}, { "content-type": "text/csv" })],
  ["a defect gets a problem", 500, 500, "POST", "/api/tasks", json({ title: "defect" })],
  ["a path with a parameter after a semicolon is another path", 200, 404, "GET", "/api/tasks;limit=1"],
  ["a path that ends in a slash is another path", 400, 404, "GET", "/api/tasks/"]
]

layer(Servers.layer, { excludeTestServices: true })("The pipeline compared with HttpApiBuilder", (it) => {
  const ask = Effect.fnUntraced(function* (method: string, path: string, { as = "ada", body, headers }: Case = {}) {
    const { library, service } = yield* Servers
    const init = {
      method,
      headers: { authorization: `Bearer ${as}`, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) })
    }
    return {
      library: yield* Effect.flatMap(library(path, init), essence),
      service: yield* Effect.flatMap(service(path, init), essence)
    }
  })

  it.effect.each(equal.map((entry, n) => [`${n + 1}. ${entry[0]} ${entry[1]}`, entry] as const))(
    "responds alike to %s",
    ([, [method, path, request]]) =>
      Effect.gen(function* () {
        const { library, service } = yield* ask(method, path, request)
        assert.deepStrictEqual(service, library)
        assert.notStrictEqual(service.status, 500)
      })
  )

  it.effect.each(different)("differs on purpose: %s (%i, here %i)", ([, expected, ours, method, path, request]) =>
    Effect.gen(function* () {
      const { library, service } = yield* ask(method, path, request)
      assert.deepStrictEqual([library.status, service.status], [expected, ours])
      assert.notDeepEqual(service, library)
    })
  )
})
