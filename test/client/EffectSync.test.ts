import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { EffectClient, sync } from "../../src/client/effect/index.ts"
import { encodeCursor } from "../../src/domain/Change.ts"
import type { UserId } from "../../src/domain/User.ts"

const cursor = encodeCursor("ada" as UserId, { epoch: 1, seq: 1 })

/** A service whose event streams break off after their first event. */
const interrupted = () => {
  const seen = { streams: 0 }
  const fetch: typeof globalThis.fetch = async (url) => {
    if (!String(url).includes("/api/events")) return Response.json({ changes: [], cursor, has_more: false })
    seen.streams += 1
    let isFirst = true
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (isFirst) controller.enqueue(new TextEncoder().encode(`event: changes\nid: ${cursor}\ndata:\n\n`))
        else controller.error(new TypeError("terminated"))
        isFirst = false
      }
    })
    const headers = {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no"
    }
    return new Response(body, { headers })
  }
  return { seen, fetch }
}

const layerOf = (fetch: typeof globalThis.fetch) =>
  EffectClient.layer({ baseUrl: "http://127.0.0.1:8000", token: Effect.succeed("t") }).pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
  )

const turns = Effect.promise(async () => {
  for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve))
})

describe("sync of the Effect client", () => {
  it.effect("connects again within a second, also after many interruptions of streams that were live", () =>
    Effect.gen(function* () {
      const { fetch, seen } = interrupted()
      yield* Effect.forkScoped(Effect.provide(Stream.runDrain(sync()), layerOf(fetch)))
      for (let second = 1; second <= 20; second++) {
        yield* turns
        assert.isAtLeast(seen.streams, second)
        yield* TestClock.adjust("1 second")
      }
    })
  )

  it.effect.each([
    ["the page of a sign-in", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    [
      "a response that was cut off",
      () => new Response('{"changes":[', { headers: { "content-type": "application/json" } })
    ]
  ] as const)("continues after %s", ([, respond]) =>
    Effect.gen(function* () {
      const service = interrupted()
      let isFirst = true
      const fetch: typeof globalThis.fetch = async (url, init) => {
        if (!isFirst) return service.fetch(url, init)
        isFirst = false
        return respond()
      }
      yield* Effect.forkScoped(Effect.provide(Stream.runDrain(sync()), layerOf(fetch)))
      for (let second = 0; second < 3; second++) {
        yield* turns
        yield* TestClock.adjust("1 second")
      }
      assert.isAtLeast(service.seen.streams, 1)
    })
  )

  it.effect.each([
    ["a page of changes", "/api/changes"],
    ["the event stream", "/api/events"]
  ] as const)(
    "repeats a request for %s that gets no response, as over a connection that died while the machine slept",
    ([, path]) =>
      Effect.gen(function* () {
        const service = interrupted()
        const urls: Array<string> = []
        const fetch: typeof globalThis.fetch = (url, init) => {
          urls.push(String(url))
          const isFirst = urls.filter((other) => other.includes(path)).length === 1
          return isFirst && String(url).includes(path) ? new Promise(() => {}) : service.fetch(url, init)
        }
        yield* Effect.forkScoped(Effect.provide(Stream.runDrain(sync()), layerOf(fetch)))
        for (let second = 0; second <= 20; second++) {
          yield* turns
          yield* TestClock.adjust("1 second")
        }
        assert.isAtLeast(service.seen.streams, 1)
      })
  )
})
