import { getEventListeners } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { ApiError, isApiError, makeTasksClient, NetworkError, type TasksClient } from "../../src/client/index.ts"
import { eventually } from "../support/Eventually.ts"

const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage["headers"]
}

type Reply = (response: ServerResponse) => unknown

const problem =
  (status: number, code: string, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/problem+json", ...headers })
      .end(JSON.stringify({ type: "urn:tasks:x", title: "", status, detail: code, code, request_id: "" }))
const ok: Reply = (response) => response.writeHead(200, { "content-type": "application/json" }).end("[]\n")
const disconnect: Reply = (response) => response.destroy()
const unavailable = problem(503, "SERVICE_UNAVAILABLE", { "retry-after": "0" })

/** A server that sends these responses one after the other, and repeats the last one. */
const service = (...answers: ReadonlyArray<Reply>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const seen: Array<Seen> = []
      const server = createServer((request, response) => {
        const { headers, method = "", url = "" } = request
        const answer = answers[Math.min(seen.length, answers.length - 1)]
        seen.push({ method, headers, path: url.split("?", 1)[0] ?? "" })
        request.resume().once("end", () => answer?.(response))
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { server, seen, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    }),
    ({ server }) =>
      Effect.sync(() => server.closeAllConnections()).pipe(Effect.andThen(Effect.sync(() => server.close())))
  )

interface Context {
  readonly client: TasksClient
  readonly seen: ReadonlyArray<Seen>
}

const withServer = (answers: ReadonlyArray<Reply>, use: (context: Context) => Promise<void>) =>
  Effect.gen(function* () {
    const { baseUrl, seen } = yield* service(...answers)
    yield* Effect.promise(() => use({ client: makeTasksClient({ baseUrl, token: "t" }), seen }))
  }).pipe(Effect.scoped)

const thrown = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail("the promise was fulfilled"),
    (error: unknown) => error
  )

// They mostly wait before they repeat a request.
describe("HttpTransport", { concurrent: true }, () => {
  it.live("reaches every endpoint of the contract", () =>
    withServer([ok], async ({ client, seen }) => {
      const none = () => {}
      for (const resource of [client.tasks, client.projects, client.tags] as const) {
        await resource.list()
        await resource.get(id)
        await resource.update(id, {})
        await resource.delete(id)
      }
      await client.tasks.create({ title: "" })
      await client.projects.create({ name: "" })
      await client.tags.create({ name: "" })
      await client.tasks.move(id, { before: id })
      await client.tasks.bulk([])
      await client.tasks.parse({ text: "" })
      await client.tasks.completions(id)
      await client.previewRecurrence({ rrule: "", due: { date: "" } })
      await client.tasks.restore(id)
      await client.trash.list()
      await client.trash.delete(id)
      await client.me()
      await client.health()
      for await (const _ of client.export()) none()
      await client.changes()
      await client.erase("")

      const reached = new Set(seen.map(({ method, path }) => `${method} ${path.replace(id, "{id}")}`))
      const declared: Array<string> = []
      HttpApi.reflect(Api, {
        onGroup: none,
        onEndpoint: ({ endpoint: { method, path } }) => {
          // PUT equals PATCH, the probes are for operators, and `sync` has tests of its own that follow streams.
          if (method === "PUT" || /^\/health\/(live|ready)$|^\/api\/events/.test(path)) return
          declared.push(`${method} ${path.replace(/:\w+/, "{id}")}`)
        }
      })
      assert.sameMembers([...reached], declared)
    })
  )

  it.live("removes its listeners from a signal that outlives the request", () =>
    withServer([ok], async ({ client, seen }) => {
      const { signal } = new AbortController()
      for (let n = 0; n < 3; n++) await client.tasks.list({}, { signal })
      assert.lengthOf(seen, 3)
      assert.lengthOf(getEventListeners(signal, "abort"), 0)
    })
  )

  it.live("repeats the erasure of an account until nothing is left", () => {
    const accepted: Reply = (response) => response.writeHead(202, { "retry-after": "0" }).end()
    const erased: Reply = (response) => response.writeHead(204).end()
    return withServer([accepted, accepted, erased], async ({ client, seen }) => {
      await client.erase("ada")
      assert.deepStrictEqual(
        seen.map(({ method, path }) => `${method} ${path}`),
        Array.from({ length: 3 }, () => "DELETE /api/account")
      )
    })
  })

  it.live.each([
    [{}],
    [{ "retry-after": "Sat, 28 Nov 2026 12:00:00 GMT" }],
    [{ "retry-after": "-1" }],
    [{ "retry-after": "99999999" }]
  ])("waits between two requests of an erasure with the headers %o", ([headers]) =>
    withServer([(response) => response.writeHead(202, headers).end()], async ({ client, seen }) => {
      const controller = new AbortController()
      const erased = thrown(client.erase("ada", { signal: controller.signal }))
      await eventually(() => assert.lengthOf(seen, 1))
      await new Promise((resolve) => setTimeout(resolve, 100))
      controller.abort()
      assert.propertyVal(await erased, "name", "AbortError")
      assert.lengthOf(seen, 1)
    })
  )

  it.live("repeats a POST with the same idempotency key", () =>
    withServer([unavailable, disconnect, problem(409, "IDEMPOTENCY_KEY_IN_PROGRESS"), ok], async ({ client, seen }) => {
      await client.tasks.create({ title: "x" })
      assert.lengthOf(seen, 4)
      const keys = new Set(seen.map(({ headers }) => headers["idempotency-key"]))
      assert.lengthOf([...keys], 1)
      await client.tasks.create({ title: "x" })
      assert.notInclude([...keys], seen[4]?.headers["idempotency-key"])
    })
  )

  it.live("does not repeat a PATCH or DELETE whose outcome is unknown", () =>
    withServer([unavailable, disconnect], async ({ client, seen }) => {
      assert.isTrue(isApiError(await thrown(client.tasks.update(id, {})), "SERVICE_UNAVAILABLE"))
      assert.instanceOf(await thrown(client.tasks.delete(id)), NetworkError)
      assert.lengthOf(seen, 2)
    })
  )

  it.live("repeats a PATCH after 429", () =>
    withServer([problem(429, "RATE_LIMITED", { "retry-after": "0" }), ok], async ({ client, seen }) => {
      await client.tasks.update(id, {})
      assert.lengthOf(seen, 2)
    })
  )

  it.live("stops after three repetitions, and at once when Retry-After is too long", () =>
    withServer(
      [
        unavailable,
        unavailable,
        unavailable,
        unavailable,
        problem(503, "SERVICE_UNAVAILABLE", { "retry-after": "60" })
      ],
      async (context) => {
        const { client, seen } = context
        assert.instanceOf(await thrown(client.tasks.list()), ApiError)
        assert.lengthOf(seen, 4)
        const error = await thrown(client.tasks.list())
        assert.lengthOf(seen, 5)
        assert.strictEqual(error instanceof ApiError && error.retryAfter, 60)
      }
    )
  )

  it.live.each([
    ["an error page", 502, { "content-type": "text/html" }, "<h1>"],
    ["a page with the status of a success", 200, { "content-type": "text/html; charset=utf-8" }, "<h1>"],
    ["a redirect", 301, { location: "/api/tasks" }, ""],
    ["a problem of its own", 503, { "content-type": "application/problem+json" }, '{"title":"Busy"}']
  ] as const)("rejects with NetworkError when a proxy responds with %s", ([, status, headers, body]) =>
    withServer([(response) => response.writeHead(status, headers).end(body)], async ({ client, seen }) => {
      const error = await thrown(client.tasks.update(id, {}))
      assert.deepInclude(error, { reason: "proxy", status })
      assert.isFalse(isApiError(error))
      assert.lengthOf(seen, 1)
    })
  )

  it.live("takes an empty success for a deletion only, as filters respond with it to what they block", () =>
    withServer([(response) => response.writeHead(204).end(), ok], async ({ client, seen }) => {
      await client.tasks.create({ title: "x" })
      assert.lengthOf(seen, 2)
      assert.strictEqual(seen[0]?.headers["idempotency-key"], seen[1]?.headers["idempotency-key"])
    }).pipe(
      Effect.andThen(
        withServer([(response) => response.writeHead(204).end()], async ({ client, seen }) => {
          await client.tasks.delete(id)
          assert.instanceOf(await thrown(client.tasks.update(id, {})), NetworkError)
          assert.lengthOf(seen, 2)
        })
      )
    )
  )

  it.live("does not repeat a request that a firewall refused", () =>
    withServer([(response) => response.writeHead(403).end()], async ({ client, seen }) => {
      assert.deepInclude(await thrown(client.tasks.create({ title: "x" })), { reason: "proxy", status: 403 })
      assert.lengthOf(seen, 1)
    })
  )

  it.live("rejects with the signal's reason when aborted before, during and between requests", () =>
    Effect.gen(function* () {
      yield* withServer([ok], async ({ client, seen }) => {
        assert.propertyVal(await thrown(client.tasks.list({}, { signal: AbortSignal.abort() })), "name", "AbortError")
        assert.lengthOf(seen, 0)
      })
      const controller = new AbortController()
      yield* withServer([() => controller.abort()], async ({ client }) => {
        const change = client.tasks.update(id, {}, { signal: controller.signal })
        assert.propertyVal(await thrown(change), "name", "AbortError")
      })
      const later = problem(503, "SERVICE_UNAVAILABLE", { "retry-after": "9" })
      yield* withServer([later], async ({ client, seen }) => {
        const reason = new Error("enough")
        const waiting = new AbortController()
        const error = thrown(client.tasks.list({}, { signal: waiting.signal }))
        setTimeout(() => waiting.abort(reason), 300)
        assert.strictEqual(await error, reason)
        assert.lengthOf(seen, 1)
      })
    })
  )

  it.live("asks for another token once after TOKEN_EXPIRED", () =>
    Effect.gen(function* () {
      const { baseUrl, seen } = yield* service(problem(401, "TOKEN_EXPIRED"), ok, problem(401, "TOKEN_EXPIRED"))
      const asked: Array<string | undefined> = []
      const token = async (expired?: string) => {
        asked.push(expired)
        return `token-${asked.length}`
      }
      yield* Effect.promise(async () => {
        const { tasks } = makeTasksClient({ baseUrl, token })
        await tasks.update(id, {})
        assert.isTrue(isApiError(await thrown(tasks.delete(id)), "TOKEN_EXPIRED"))
      })
      assert.deepStrictEqual(asked, [undefined, "token-1", undefined, "token-3"])
      assert.deepStrictEqual(
        seen.map(({ headers }) => headers.authorization),
        ["Bearer token-1", "Bearer token-2", "Bearer token-3", "Bearer token-4"]
      )
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["with its connection", (response: ServerResponse) => setTimeout(() => response.destroy(), 100)],
    ["within a line", (response: ServerResponse) => response.end()]
  ] as const)("rejects with NetworkError when an export ends early, %s", ([, end]) =>
    withServer(
      [
        (response) => {
          response.writeHead(200, { "content-type": "application/x-ndjson" }).write('{"type":"tag"}\n{"ty')
          end(response)
        }
      ],
      async ({ client }) => {
        const rows: Array<unknown> = []
        const read = async () => {
          for await (const row of client.export()) rows.push(row)
        }
        assert.instanceOf(await thrown(read()), NetworkError)
        assert.deepStrictEqual(rows, [{ type: "tag" }])
      }
    )
  )

  it.live("rejects with a timeout when a response does not arrive, or not all of it", () =>
    Effect.gen(function* () {
      const beginning: Reply = (response) =>
        response.writeHead(200, { "content-type": "application/json", "content-length": "99" }).write("{")
      for (const reply of [() => {}, beginning]) {
        const { baseUrl } = yield* service(reply)
        const client = makeTasksClient({ baseUrl, token: "t", timeout: 50 })
        const error = yield* Effect.promise(() => thrown(client.tasks.update(id, {})))
        assert.deepInclude(error, { reason: "timeout", message: "The service did not respond within 0.05 s." })
      }
    }).pipe(Effect.scoped)
  )

  it.live("repeats a GET whose response ends early, and reports a PATCH as unknown", () => {
    const cut: Reply = (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "99" }).write("[")
      setImmediate(() => response.destroy())
    }
    return withServer([cut, ok, cut], async ({ client, seen }) => {
      assert.deepStrictEqual((await client.tasks.list()).items, [])
      assert.instanceOf(await thrown(client.tasks.update(id, {})), NetworkError)
      assert.lengthOf(seen, 3)
    })
  })

  it.live("does not repeat a request with retry: 0", () =>
    Effect.gen(function* () {
      const { baseUrl, seen } = yield* service(unavailable)
      const error = yield* Effect.promise(() => thrown(makeTasksClient({ baseUrl, token: "t", retry: 0 }).me()))
      assert.isTrue(isApiError(error, "SERVICE_UNAVAILABLE"))
      assert.lengthOf(seen, 1)
    }).pipe(Effect.scoped)
  )

  it("names the service when the connection fails", async () => {
    const failing = async () => Promise.reject(new TypeError("fetch failed"))
    const client = makeTasksClient({ baseUrl: "http://localhost:8000", token: "t", fetch: failing, retry: 0 })
    assert.deepInclude(await thrown(client.me()), {
      reason: "unreachable",
      message: "Cannot reach the service at http://localhost:8000."
    })
  })
})
