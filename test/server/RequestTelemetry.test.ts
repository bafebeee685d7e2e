import { createHash } from "node:crypto"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, References, Tracer } from "effect"
import { HttpApi } from "effect/http-api"
import { SqlError } from "effect/sql"
import { Api } from "../../src/api/Api.ts"
import * as Logging from "../../src/observability/Logging.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { HttpTestClient, noRepositories, type TestRequest } from "../support/HttpTestClient.ts"
import { protectedEndpoints } from "../support/ProtectedEndpoints.ts"
import * as TestAuth from "../support/TestAuth.ts"
import { layerPg } from "../support/TestDatabase.ts"

interface Line {
  readonly message: string
  readonly level: string
  readonly request_id: string
  readonly [field: string]: unknown
}

let lines: Array<Line> = []
const log = Layer.merge(
  Logger.layer([Logger.map(Logging.jsonLogger, (line) => void lines.push(JSON.parse(line)))]),
  // As without a collector: making a span fails the test.
  Layer.merge(
    Layer.succeed(References.TracerEnabled, false),
    Layer.succeed(Tracer.Tracer, Tracer.make({ span: () => assert.fail("a span was made") }))
  )
)

/** Sends a request. Yields its response, and the lines that were logged for it. */
const observed = Effect.fnUntraced(function* (method: string, path: string, ask: TestRequest = {}) {
  const request = yield* HttpTestClient
  lines = []
  const answer = yield* request(method, path, ask)
  const logged = lines.map(
    ({ client_address: _c, duration_ms: _d, response_bytes: _r, time: _t, user_agent: _u, ...line }) => line
  )
  for (const line of logged) assert.strictEqual(line.request_id, answer.headers.get("x-request-id"))
  return { ...answer, logged }
})

const user_hash = createHash("sha256").update("ada").digest("hex").slice(0, 16)

const changes: Array<string> = []
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { method, path } }) => {
    // These change no row.
    if (method !== "GET" && !/\/(parse|preview|tickets)$/.test(path)) changes.push(`${method} ${path}`)
  }
})

layer(HttpTestClient.layer.pipe(Layer.provide(layerPg), Layer.provideMerge(log)), {
  excludeTestServices: true,
  timeout: 300_000
})("A request", (it) => {
  it.effect("logs one line per request, with the route instead of the path", () =>
    Effect.gen(function* () {
      const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
      const line = (message: string, fields: object) => [{ level: "info", message, ...fields }]
      const ofRequest = (method: string, route: string, status: number, more = {}) =>
        line(`${method} ${route} ${status}`, { request_id: "r", method, route, status, ...more })
      for (const [method, path, as, expected] of [
        ["GET", "/api/tasks?q=eggs", "ada", ofRequest("GET", "/api/tasks", 200, { user_hash })],
        ["HEAD", "/api/tasks", "ada", ofRequest("HEAD", "/api/tasks", 200, { user_hash })],
        ["GET", `/api/tasks/${id}`, "ada", ofRequest("GET", "/api/tasks/:task_id", 404, { user_hash })],
        ["DELETE", "/api/tasks/7", "ada", ofRequest("DELETE", "/api/tasks/:task_id", 422, { user_hash })],
        ["GET", "/api/me", undefined, ofRequest("GET", "/api/me", 401)],
        ["GET", "/api/me", "expired", ofRequest("GET", "/api/me", 401)],
        ["PUT", "/api/me", "ada", ofRequest("PUT", "/api/me", 405)],
        ["GET", "/api/tasks/7/eggs?q=milk", "ada", ofRequest("GET", "unmatched", 404)],
        ["GET", "/docs", undefined, ofRequest("GET", "/docs", 200)]
      ] as const) {
        const { logged } = yield* observed(method, path, { ...(as && { as }), headers: { "x-request-id": "r" } })
        assert.deepStrictEqual(logged, expected, `${method} ${path}`)
      }
      assert.isNumber(lines[0]?.duration_ms)
    })
  )

  it.effect("logs the size of the response, the address and the user agent of the client, shortened", () =>
    Effect.gen(function* () {
      const headers = { "user-agent": `Example/1.0 "${"x".repeat(300)}` }
      const { headers: answered } = yield* observed("GET", "/api/me", { as: "ada", headers })
      assert.deepInclude(lines.at(-1), {
        client_address: "127.0.0.1",
        user_agent: headers["user-agent"].slice(0, 200),
        response_bytes: Number(answered.get("content-length"))
      })
      yield* observed("HEAD", "/api/me", { as: "ada" })
      assert.strictEqual(lines.at(-1)?.response_bytes, 0)
    })
  )

  it.effect("does not log health checks", () =>
    Effect.gen(function* () {
      for (const path of ["/health", "/health/live", "/health/ready", "/health/live?x=1"]) {
        assert.deepStrictEqual((yield* observed("GET", path)).logged, [])
      }
    })
  )

  it.effect("logs every kind of change with the ids of the changed rows", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const change = Effect.fnUntraced(function* (
        event: string,
        method: string,
        path: string,
        params: Record<string, string>,
        body?: unknown
      ) {
        const url = path.replace(/:(\w+)/g, (_, name) => params[name] ?? "")
        const query = path === "/api/account" ? "?confirm=ada" : ""
        const answer = yield* observed(method, url + query, { as: "ada", ...(body !== undefined && { body }) })
        assert.isBelow(answer.status, 300, JSON.stringify(answer.body))
        const [line, ofRequest] = answer.logged
        const { level, message, request_id: _, user_hash: by, ...ids } = line ?? ({} as Partial<Line>)
        assert.deepStrictEqual([level, message, by], ["info", event, user_hash])
        assert.strictEqual(ofRequest?.message, `${method} ${path} ${answer.status}`)
        assert.lengthOf(answer.logged, 2)
        seen.push(`${method} ${path}`)
        return { ids, body: answer.body }
      })

      for (const [kind, body] of [
        ["project", { name: "Home" }],
        ["tag", { name: "red" }],
        ["task", { title: "Eggs" }]
      ] as const) {
        const created = yield* change(`${kind} created`, "POST", `/api/${kind}s`, {}, body)
        const expected = { [`${kind}_id`]: created.body.id }
        assert.deepStrictEqual(created.ids, expected)
        const path = `/api/${kind}s/:${kind}_id`
        for (const method of ["PATCH", "PUT"]) {
          assert.deepStrictEqual((yield* change(`${kind} updated`, method, path, expected, body)).ids, expected)
        }
        assert.deepStrictEqual((yield* change(`${kind} deleted`, "DELETE", path, expected)).ids, expected)
        if (kind !== "task") continue

        const other = (yield* change("task created", "POST", "/api/tasks", {}, body)).body.id
        assert.deepStrictEqual((yield* change("task restored", "POST", `${path}/restore`, expected)).ids, expected)
        const move = { before: other }
        assert.deepStrictEqual((yield* change("task moved", "POST", `${path}/move`, expected, move)).ids, expected)
        const bulk = yield* change(
          "tasks changed",
          "POST",
          "/api/tasks/bulk",
          {},
          {
            operations: [
              { op: "create", task: body },
              { op: "update", id: other, change: body },
              { op: "delete", id: created.body.id }
            ]
          }
        )
        assert.deepStrictEqual(bulk.ids, { task_ids: [bulk.body.results[0].id, other, created.body.id] })
        const purged = yield* change("task purged", "DELETE", "/api/trash/:task_id", expected)
        assert.deepStrictEqual(purged.ids, expected)
      }
      assert.deepStrictEqual((yield* change("account erased", "DELETE", "/api/account", {})).ids, {})
      assert.sameMembers([...new Set(seen)], changes)
    })
  )

  it.effect("logs no change for replayed and failed requests", () =>
    Effect.gen(function* () {
      const messages = (ask: TestRequest) =>
        Effect.map(observed("POST", "/api/tags", { as: "bob", ...ask }), ({ logged }) =>
          logged.map(({ message }) => message)
        )
      const once = { headers: { "idempotency-key": "k" }, body: { name: "blue" } }
      assert.deepStrictEqual(yield* messages(once), ["tag created", "POST /api/tags 201"])
      assert.deepStrictEqual(yield* messages(once), ["POST /api/tags 201"])
      assert.deepStrictEqual(yield* messages({ body: { name: "BLUE" } }), ["POST /api/tags 409"])
      assert.deepStrictEqual(yield* messages({ body: {} }), ["POST /api/tags 422"])
    })
  )

  it.effect("logs no token, body, query or title, whatever the response", () =>
    Effect.gen(function* () {
      const client = yield* HttpTestClient
      lines = []
      const marker = "kumquat-marmalade"
      const headers = { cookie: `session=${marker}`, "idempotency-key": marker, referer: marker }
      const project_id = "019c2f7e-0000-7000-8000-000000000000"
      const name = { name: marker, title: marker }
      // An event stream does not end.
      const endpoints = protectedEndpoints.filter(({ name }) => name !== "GET /api/events")
      for (const { request, method, path } of endpoints) {
        const body = request.body as object | undefined
        const said = body && {
          ...body,
          ...("name" in body ? { name: marker } : "title" in body ? { title: marker } : {})
        }
        for (const attempt of [
          { path, ask: { as: marker, headers, body: said } },
          { path: `${path}?q=${marker}&${marker}=1`, ask: { as: marker, headers, body: said } },
          { path: path.replace(/[0-9a-f-]{36}/, marker), ask: { as: marker, body: said } },
          { path: `${path}/${marker}`, ask: { as: marker } },
          { path, ask: { headers: { ...headers, authorization: marker } } },
          { path, ask: { as: marker, body: marker } },
          { path, ask: { as: marker, body: { ...said, [marker]: marker, project_id, description: `${marker}\0` } } },
          { path, ask: { as: marker, body: { ...name, color: marker } } }
        ]) {
          const isRead = method === "GET"
          const { body, ...rest } = { body: undefined, ...attempt.ask }
          yield* client(method, attempt.path, { ...rest, ...(body !== undefined && !isRead && { body }) })
        }
      }
      assert.isAtLeast(lines.length, endpoints.length * 8)
      for (const line of lines) assert.notMatch(JSON.stringify(line), /kumquat|marmalade/)
    })
  )
})

const marker = "kumquat"

const sqlError = (code: string, fields: object) => {
  const cause = Object.assign(
    new Error(`value "${marker}"`),
    { code, detail: `Failing row contains (${marker}).` },
    fields
  )
  return new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause, message: "Failed to execute statement" }) })
}

const causes: Record<string, unknown> = {
  data: sqlError("22007", { table: "task" }),
  check: sqlError("23514", { message: 'violates "task_title"', table: "task", constraint: "task_title" }),
  parse: new Error("while reading", { cause: new SyntaxError(`"${marker}" is not JSON`) }),
  bug: new TypeError("x is not a function\nand has two lines")
}

const broken = Layer.provideMerge(Layer.mock(TaskRepo, { list: (owner) => Effect.die(causes[owner]) }), noRepositories)

layer(
  HttpTestClient.layerWith(Layer.mergeAll(broken, TestAuth.layer, Readiness.layer({ database: Effect.void }))).pipe(
    Layer.provideMerge(log)
  ),
  { excludeTestServices: true }
)("The log of a failed request", (it) => {
  it.effect.each([
    ["data", 500, [/^SqlError: UnknownError, 22007, table task$/]],
    ["check", 500, [/^SqlError: UnknownError, 23514, table task, constraint task_title, violates "task_title"$/]],
    ["parse", 500, [/^Error: while reading\n {4}at .*\ncaused by SyntaxError\n {4}at /s]],
    ["bug", 500, [/^TypeError: x is not a function\nand has two lines\n {4}at /]]
  ] as const)("has the cause of a failure (%s), and no value", ([name, status, logged]) =>
    Effect.gen(function* () {
      const answer = yield* observed("GET", "/api/tasks", { as: name })
      assert.strictEqual(answer.status, status)
      const errors = answer.logged.flatMap(({ error, level }) => {
        if (error !== undefined) assert.strictEqual(level, "error")
        return error === undefined ? [] : [String(error)]
      })
      assert.lengthOf(errors, logged.length)
      for (const [n, pattern] of logged.entries()) assert.match(errors[n] ?? "", pattern)
      assert.notInclude(JSON.stringify(lines), marker)
      assert.strictEqual(answer.logged.at(-1)?.level, status === 500 ? "error" : "info")
    })
  )
})
