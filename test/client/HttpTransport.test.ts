import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { ApiError, isApiError, makeTasksClient, NetworkError, type TasksClient } from "../../src/client/index.ts"

const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage["headers"]
}

type Answer = (response: ServerResponse) => unknown

const problem =
  (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/problem+json", ...headers })
      .end(JSON.stringify({ type: "urn:tasks:x", title: "", status, detail: code, code, request_id: "" }))
const ok: Answer = (response) => response.writeHead(200, { "content-type": "application/json" }).end("[]")
const hangUp: Answer = (response) => response.destroy()
const busy = problem(503, "SERVICE_UNAVAILABLE", { "retry-after": "0" })

/** A service that answers with these, one after the other, and then as the last of them. */
const service = (...answers: ReadonlyArray<Answer>) =>
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

interface Played {
  readonly client: TasksClient
  readonly seen: ReadonlyArray<Seen>
}

const play = (answers: ReadonlyArray<Answer>, use: (played: Played) => Promise<void>) =>
  Effect.gen(function* () {
    const { baseUrl, seen } = yield* service(...answers)
    yield* Effect.promise(() => use({ client: makeTasksClient({ baseUrl, token: "t" }), seen }))
  }).pipe(Effect.scoped)

const thrown = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail("nothing was thrown"),
    (error: unknown) => error
  )

describe("The client", () => {
  it.live("reaches every endpoint of the contract", () =>
    play([ok], async ({ client, seen }) => {
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
      await client.tasks.restore(id)
      await client.trash.list()
      await client.trash.delete(id)
      await client.me()
      await client.health()
      for await (const _ of client.export()) none()

      const reached = new Set(seen.map(({ method, path }) => `${method} ${path.replace(id, "{id}")}`))
      const declared: Array<string> = []
      HttpApi.reflect(Api, {
        onGroup: none,
        onEndpoint: ({ endpoint: { method, path } }) => {
          // PUT is PATCH once more, and the probes are for those who run the service.
          if (method === "PUT" || /^\/health\/(live|ready)$/.test(path)) return
          declared.push(`${method} ${path.replace(/:\w+/, "{id}")}`)
        }
      })
      assert.sameMembers([...reached], declared)
    })
  )

  it.live("sends again what it may, and names it the same", () =>
    play([busy, hangUp, problem(409, "IDEMPOTENCY_KEY_IN_PROGRESS"), ok], async ({ client, seen }) => {
      await client.tasks.create({ title: "x" })
      assert.lengthOf(seen, 4)
      const keys = new Set(seen.map(({ headers }) => headers["idempotency-key"]))
      assert.lengthOf([...keys], 1)
      await client.tasks.create({ title: "x" })
      assert.notInclude([...keys], seen[4]?.headers["idempotency-key"])
    })
  )

  it.live("does not send a change again that may have been made", () =>
    play([busy, hangUp], async ({ client, seen }) => {
      assert.isTrue(isApiError(await thrown(client.tasks.update(id, {})), "SERVICE_UNAVAILABLE"))
      assert.instanceOf(await thrown(client.tasks.delete(id)), NetworkError)
      assert.lengthOf(seen, 2)
    })
  )

  it.live("sends a change again that was over the limit", () =>
    play([problem(429, "TOO_MANY_REQUESTS", { "retry-after": "0" }), ok], async ({ client, seen }) => {
      await client.tasks.update(id, {})
      assert.lengthOf(seen, 2)
    })
  )

  it.live("gives up after four times, and at once when it is told to come back much later", () =>
    play([busy, busy, busy, busy, problem(503, "SERVICE_UNAVAILABLE", { "retry-after": "60" })], async (played) => {
      const { client, seen } = played
      assert.instanceOf(await thrown(client.tasks.list()), ApiError)
      assert.lengthOf(seen, 4)
      const error = await thrown(client.tasks.list())
      assert.lengthOf(seen, 5)
      assert.strictEqual(error instanceof ApiError && error.retryAfter, 60)
    })
  )

  it.live("does not take another's answer for the service's", () =>
    play([(response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>")], async ({ client }) => {
      const error = await thrown(client.tasks.update(id, {}))
      assert.strictEqual(error instanceof NetworkError && error.status, 502)
      assert.isFalse(isApiError(error))
    })
  )

  it.live("stops when it is told to: before, while it waits for an answer, and between two attempts", () =>
    Effect.gen(function* () {
      yield* play([ok], async ({ client, seen }) => {
        assert.propertyVal(await thrown(client.tasks.list({}, { signal: AbortSignal.abort() })), "name", "AbortError")
        assert.lengthOf(seen, 0)
      })
      const controller = new AbortController()
      yield* play([() => controller.abort()], async ({ client }) => {
        const change = client.tasks.update(id, {}, { signal: controller.signal })
        assert.propertyVal(await thrown(change), "name", "AbortError")
      })
      const later = problem(503, "SERVICE_UNAVAILABLE", { "retry-after": "9" })
      yield* play([later], async ({ client, seen }) => {
        const reason = new Error("enough")
        const waiting = new AbortController()
        const error = thrown(client.tasks.list({}, { signal: waiting.signal }))
        setTimeout(() => waiting.abort(reason), 300)
        assert.strictEqual(await error, reason)
        assert.lengthOf(seen, 1)
      })
    })
  )

  it.live("asks for another token once, when the first has expired", () =>
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

  it.live("says so when an export breaks off", () =>
    play(
      [
        (response) => {
          response.writeHead(200, { "content-type": "application/x-ndjson" }).write('{"type":"tag"}\n{"ty')
          setTimeout(() => response.destroy(), 100)
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
})
