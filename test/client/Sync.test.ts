import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { vi } from "vitest"
import { EffectClient, sync as syncEffect } from "../../src/client/effect/index.ts"
import { ApiError, type Change, makeTasksClient, type SyncEnd, type SyncOptions } from "../../src/client/index.ts"
import { abortableSleep } from "../../src/client/Retry.ts"
import { readEvents, sync } from "../../src/client/Sync.ts"
import * as Process from "../support/Process.ts"

class Service extends Context.Service<Service, { readonly url: string }>()("test/client/Sync/Service") {
  static readonly layer = Layer.effect(Service, Process.serveOnPostgres())
}

/** A store of a client: rows with the cursor up to which they are complete. */
const makeStore = () => {
  const rows = new Map<string, Exclude<Change, { op: "delete" }>["value"]>()
  const store = { rows, cursor: undefined as string | undefined, resets: 0, pages: 0 }
  const apply: SyncOptions["apply"] = (changes, cursor, { isReset }) => {
    store.pages += 1
    if (isReset) {
      store.resets += 1
      rows.clear()
    }
    for (const change of changes) {
      if (change.op === "delete") rows.delete(change.id)
      else rows.set(change.value.id, change.value)
    }
    store.cursor = cursor
  }
  return Object.assign(store, { apply })
}

layer(Service.layer, { excludeTestServices: true, timeout: Process.timeout })("client.sync", (it) => {
  it.effect("applies the rows that exist, later changes, and after a pause the changes since then", () =>
    Effect.gen(function* () {
      const { url } = yield* Service
      const client = makeTasksClient({ baseUrl: url, token: yield* Process.tokenFor("ada") })
      yield* Effect.promise(async () => {
        const old = await client.tasks.create({ title: "old" })
        const store = makeStore()
        const states: Array<string> = []
        const first = new AbortController()
        const running = client.sync({
          apply: store.apply,
          signal: first.signal,
          onState: (state) => states.push(state)
        })
        await Effect.runPromise(Process.until(() => states.includes("live")))
        assert.deepStrictEqual([...store.rows.values()], [old])
        const tag = await client.tags.create({ name: "new" })
        await Effect.runPromise(Process.until(() => store.rows.has(tag.id)))
        first.abort()
        assert.deepStrictEqual(await running, { reason: "aborted" })
        await client.tags.delete(tag.id)
        const missed = await client.tasks.create({ title: "missed" })
        const second = new AbortController()
        const again = client.sync({ apply: store.apply, cursor: store.cursor, signal: second.signal })
        await Effect.runPromise(Process.until(() => store.rows.has(missed.id)))
        assert.sameMembers([...store.rows.keys()], [old.id, missed.id])
        assert.strictEqual(store.resets, 1)
        second.abort()
        await again
      })
    })
  )

  it.effect("starts over after the account was erased, and ends when the token is not accepted", () =>
    Effect.gen(function* () {
      const { url } = yield* Service
      const client = makeTasksClient({ baseUrl: url, token: yield* Process.tokenFor("bob") })
      yield* Effect.promise(async () => {
        await client.tasks.create({ title: "old" })
        const store = makeStore()
        const controller = new AbortController()
        void client.sync({ apply: store.apply, signal: controller.signal })
        await Effect.runPromise(Process.until(() => store.rows.size === 1))
        await client.erase("bob")
        const anew = await client.tasks.create({ title: "new" })
        await Effect.runPromise(Process.until(() => store.rows.has(anew.id)))
        assert.deepStrictEqual([...store.rows.keys()], [anew.id])
        assert.isAtLeast(store.resets, 2)
        controller.abort()
        const signedOut = await makeTasksClient({ baseUrl: url, token: "x" }).sync({ apply: store.apply })
        assert.strictEqual(signedOut.reason, "signed_out")
      })
    })
  )

  it.effect("yields the same changes with the Effect client", () =>
    Effect.gen(function* () {
      const { url } = yield* Service
      const token = yield* Process.tokenFor("cleo")
      const client = makeTasksClient({ baseUrl: url, token })
      const store = makeStore()
      const fiber = yield* syncEffect().pipe(
        Stream.runForEach(({ changes, cursor, isReset }) =>
          Effect.sync(() => store.apply(changes as unknown as ReadonlyArray<Change>, cursor, { isReset }))
        ),
        Effect.provide(
          EffectClient.layer({ baseUrl: url, token: Effect.succeed(token) }).pipe(Layer.provide(FetchHttpClient.layer))
        ),
        Effect.forkScoped
      )
      yield* Process.until(() => store.pages === 1)
      const task = yield* Effect.promise(() => client.tasks.create({ title: "seen" }))
      yield* Process.until(() => store.rows.has(task.id))
      assert.deepStrictEqual(store.rows.get(task.id), task)
      yield* Fiber.interrupt(fiber)
    })
  )
})

const page = (cursor: string) => ({ changes: [], cursor, has_more: false })

describe("sync", () => {
  it("opens a new stream when one ends, and applies the changes in between", async () => {
    const applied: Array<string> = []
    const controller = new AbortController()
    let streams = 0
    const end = await sync(
      {
        changes: async () => page(`c${streams}`),
        events: async () => {
          streams += 1
          if (streams === 3) controller.abort()
          return (async function* () {
            yield { type: "changes", id: `c${streams}` }
            yield { type: "token_expired", id: "" }
          })()
        }
      },
      { apply: (_, cursor) => void applied.push(cursor), signal: controller.signal }
    )
    assert.deepStrictEqual(end, { reason: "aborted" })
    assert.deepStrictEqual(applied.slice(0, 3), ["c0", "c1", "c2"])
  })

  it("begins at the first event with start: now, without a request for changes", async () => {
    const controller = new AbortController()
    const asked: Array<unknown> = []
    const applied: Array<unknown> = []
    const end: SyncEnd = await sync(
      {
        changes: async (query) => {
          asked.push(query)
          return page("c2")
        },
        events: async () =>
          (async function* () {
            yield { type: "changes", id: "c1" }
            yield { type: "changes", id: "c2" }
            controller.abort()
          })()
      },
      { start: "now", apply: (_, ...rest) => void applied.push(rest), signal: controller.signal }
    )
    assert.strictEqual(end.reason, "aborted")
    assert.deepStrictEqual(asked, [{ cursor: "c1" }])
    assert.deepStrictEqual(applied, [
      ["c1", { isReset: true }],
      ["c2", { isReset: false }]
    ])
  })

  it("connects anew at once when the browser is online again, also while it waits or has a silent stream", async () => {
    const controller = new AbortController()
    const browser = new EventTarget()
    Object.assign(globalThis, { addEventListener: browser.addEventListener.bind(browser) })
    let streams = 0
    // It never ends by itself, as after the device slept.
    async function* silentStream(signal: AbortSignal | undefined) {
      yield { type: "changes", id: "c1" }
      await abortableSleep(60_000, signal)
    }
    try {
      const end = await sync(
        {
          changes: async () => page("c1"),
          events: async ({ signal }) => {
            streams += 1
            if (streams === 3) controller.abort()
            setTimeout(() => browser.dispatchEvent(new Event("online")))
            return silentStream(signal)
          }
        },
        { apply: () => {}, signal: controller.signal }
      )
      assert.deepStrictEqual(end, { reason: "aborted" })
      assert.strictEqual(streams, 3)
    } finally {
      Reflect.deleteProperty(globalThis, "addEventListener")
    }
  })

  it("continues after a request that a slow network did not deliver in time", async () => {
    const controller = new AbortController()
    const timeout = { code: "REQUEST_TIMEOUT", status: 408, title: "", detail: "", request_id: "" }
    let requests = 0
    const changes = async () => {
      requests += 1
      if (requests === 1) throw new ApiError(timeout)
      controller.abort()
      return page("c1")
    }
    const end = await sync({ changes, events: () => assert.fail() }, { apply: () => {}, signal: controller.signal })
    assert.deepStrictEqual(end, { reason: "aborted" })
    assert.strictEqual(requests, 2)
  })

  it("waits as long as the service asks for before it connects anew", async () => {
    vi.useFakeTimers()
    try {
      const controller = new AbortController()
      const refusal = { code: "TOO_MANY_STREAMS", status: 429, title: "", detail: "", request_id: "" }
      let streams = 0
      const events = () => {
        streams += 1
        return Promise.reject(new ApiError(refusal, 15))
      }
      const options = { apply: () => {}, signal: controller.signal }
      const running = sync({ changes: async () => page("c1"), events }, options)
      await vi.advanceTimersByTimeAsync(14_999)
      assert.strictEqual(streams, 1)
      await vi.advanceTimersByTimeAsync(1_001)
      assert.strictEqual(streams, 2)
      controller.abort()
      await running
    } finally {
      vi.useRealTimers()
    }
  })

  it("keeps its stream when a newer service sends events of another type", async () => {
    const controller = new AbortController()
    const applied: Array<string> = []
    let streams = 0
    const events = async () => {
      streams += 1
      return (async function* () {
        yield { type: "news", id: "" }
        yield { type: "changes", id: "c1" }
        controller.abort()
      })()
    }
    const apply: SyncOptions["apply"] = (_, cursor) => void applied.push(cursor)
    await sync({ changes: () => assert.fail(), events }, { start: "now", apply, signal: controller.signal })
    assert.deepStrictEqual([streams, applied], [1, ["c1"]])
  })

  it("ends with the error of apply", async () => {
    const error = new Error("disk full")
    const end = await sync(
      { changes: async () => page("c1"), events: () => assert.fail() },
      {
        apply: () => {
          throw error
        }
      }
    )
    assert.deepStrictEqual(end, { reason: "apply_failed", error })
  })

  it("reads events in any chunks, and fails when nothing arrives for too long", async () => {
    const bytes = new TextEncoder().encode(
      "retry: 5\n\n:\n\nevent: changes\nid: a\ndata:\n\nevent: changes\nid: b\ndata:\n\n"
    )
    const read = async (chunk: number) => {
      const body = new ReadableStream({
        start: (controller) => {
          for (let n = 0; n < bytes.length; n += chunk) controller.enqueue(bytes.slice(n, n + chunk))
        }
      })
      const ids: Array<string> = []
      try {
        for await (const { id } of readEvents(new Response(body), 50)) ids.push(id)
      } catch (error) {
        assert.propertyVal(error, "name", "TimeoutError")
      }
      return ids
    }
    for (const chunk of [1, 7, 1000]) assert.deepStrictEqual(await read(chunk), ["a", "b"])
  })
})
