import { getEventListeners } from "node:events"
import { assert, describe, it } from "@effect/vitest"
import { vi } from "vitest"
import { type ClientOptions, makeTasksClient, NetworkError } from "../../src/client/index.ts"
import { makeOutbox, newTask } from "../../src/client/outbox/index.ts"

const baseUrl = "http://127.0.0.1:8000"
const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

/** A client that counts its requests. */
const start = (options: Partial<ClientOptions>) => {
  const sent: Array<string> = []
  const client = makeTasksClient({
    baseUrl,
    token: "t",
    retry: 0,
    fetch: async (url) => {
      sent.push(String(url))
      return Response.json({})
    },
    ...options
  })
  return { client, sent }
}

const thrown = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail("the promise was fulfilled"),
    (error: unknown) => error
  )

describe("A token function", () => {
  const failure = new TypeError("Failed to fetch")

  it.each([
    ["rejects", () => Promise.reject(failure)],
    [
      "throws",
      () => {
        throw failure
      }
    ]
  ])("causes a NetworkError when it %s, and no request is sent", async (_, token) => {
    const { client, sent } = start({ token })
    const error = await thrown(client.tasks.update(id, {}))
    assert.instanceOf(error, NetworkError)
    assert.deepInclude(error, { reason: "unreachable", cause: failure })
    assert.lengthOf(sent, 0)
  })

  it("causes a NetworkError when it fails after TOKEN_EXPIRED, too", async () => {
    const expired = { code: "TOKEN_EXPIRED", status: 401, title: "", detail: "", request_id: "" }
    const { client } = start({
      token: (last) => (last === undefined ? "old" : Promise.reject(failure)),
      fetch: async () =>
        new Response(JSON.stringify(expired), {
          status: 401,
          headers: { "content-type": "application/problem+json" }
        })
    })
    assert.deepInclude(await thrown(client.me()), { reason: "unreachable", cause: failure })
  })

  it("may throw a NetworkError of its own, which says why the sign-in server cannot be reached", async () => {
    const offline = new NetworkError("offline", "You are offline.")
    assert.strictEqual(await thrown(start({ token: () => Promise.reject(offline) }).client.me()), offline)
  })

  it("leaves no listener on the signal of a request that has ended, which would live as long as the caller's", async () => {
    const signals: Array<AbortSignal> = []
    const { client } = start({
      token: async () => "t",
      fetch: async (_, init) => {
        if (init?.signal) signals.push(init.signal)
        return Response.json({})
      }
    })
    await client.me({ signal: new AbortController().signal })
    await client.me()
    assert.deepStrictEqual(
      signals.map((signal) => getEventListeners(signal, "abort").length),
      [0, 0]
    )
  })

  it("is no longer awaited after the time limit, and at once when the request is aborted", async () => {
    const token = () => new Promise<string>(() => {})
    assert.deepInclude(await thrown(start({ token, timeout: 20 }).client.me()), { reason: "timeout" })
    const controller = new AbortController()
    const reading = thrown(start({ token }).client.me({ signal: controller.signal }))
    controller.abort()
    assert.propertyVal(await reading, "name", "AbortError")
  })

  it("leaves the writes of an outbox waiting when it fails", async () => {
    const { client, sent } = start({ token: () => Promise.reject(failure) })
    const outbox = makeOutbox({ client })
    outbox.add(newTask({ id, title: "Buy milk" }))
    await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepStrictEqual(
      outbox.entries().map(({ error, status }) => [status, error instanceof NetworkError]),
      [["waiting", true]]
    )
    assert.lengthOf(sent, 0)
    outbox.close()
  })
})

describe("HttpTransport", () => {
  it("calls the fetch that the page has at the time of the request, which tools for tests replace", async () => {
    const client = makeTasksClient({ baseUrl, token: "t", retry: 0 })
    vi.stubGlobal("fetch", async () => Response.json({ id: "replaced" }))
    try {
      assert.deepInclude(await client.me(), { id: "replaced" })
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it("sends a request without a signal in browsers without AbortSignal.any, such as Safari before version 17.4", async () => {
    const { any } = AbortSignal
    Reflect.deleteProperty(AbortSignal, "any")
    try {
      assert.deepStrictEqual(await start({}).client.me(), {} as never)
    } finally {
      Object.assign(AbortSignal, { any })
    }
  })
})

describe("Outbox", () => {
  it("does not send a write with the token of the next user after it was closed in the middle of a request", async () => {
    const tokens: Array<string | null> = []
    let user = "ada"
    const { client } = start({
      token: () => user,
      retry: 3,
      fetch: async (_, init) => {
        tokens.push(new Headers(init?.headers).get("authorization"))
        return new Response("", { status: 503 })
      }
    })
    const outbox = makeOutbox({ client })
    outbox.add(newTask({ id, title: "Buy milk" }))
    await new Promise((resolve) => setTimeout(resolve, 10))
    user = "ben"
    outbox.close()
    await new Promise((resolve) => setTimeout(resolve, 600))
    assert.deepStrictEqual(tokens, ["Bearer ada"])
  })
})

describe("The message of a service that cannot be reached", () => {
  it.each([
    ["http://localhost", "http://localhost:8000", true],
    ["https://example.com", "https://example.community", true],
    ["https://example.com", "https://example.com/tasks", false],
    ["https://example.com", "/tasks", false],
    ["https://example.com", "", false]
  ])("of a page at %s to a service at %s names ALLOWED_ORIGINS: %s", async (origin, address, isNamed) => {
    vi.resetModules()
    vi.stubGlobal("location", { origin })
    try {
      const { makeTasksClient } = await import("../../src/client/index.ts")
      const fetch = () => Promise.reject(new TypeError("Load failed"))
      const error = await thrown(makeTasksClient({ baseUrl: address, token: "t", retry: 0, fetch }).me())
      assert.strictEqual(String(error).includes("ALLOWED_ORIGINS"), isNamed)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe("ClientOptions.timeout", () => {
  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 0])("%s milliseconds never end a request", async (timeout) => {
    const { client } = start({
      timeout,
      fetch: (_, init) =>
        new Promise((resolve, reject) => {
          init?.signal?.addEventListener("abort", reject)
          setTimeout(() => resolve(Response.json({ id: "ada" })), 20)
        })
    })
    assert.deepInclude(await client.me(), { id: "ada" })
  })
})
