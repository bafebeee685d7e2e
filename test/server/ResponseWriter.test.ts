import { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { afterEach, vi } from "vitest"
import type { EventSink, ResponseBody } from "../../src/server/compiler/ResponseEncoder.ts"
import { RequestContext } from "../../src/server/pipeline/RequestContext.ts"
import { makeWriter } from "../../src/server/pipeline/ResponseWriter.ts"

/** A response to a client that never reads. */
const unread = () =>
  Object.assign(new EventEmitter(), {
    destroyed: false,
    written: [] as Array<string>,
    writeHead: () => {},
    flushHeaders: () => {},
    write(chunk: Uint8Array) {
      this.written.push(new TextDecoder().decode(chunk))
      return false
    },
    end: () => {},
    destroy() {
      this.destroyed = true
    }
  })

const contextOf = (response: ReturnType<typeof unread>) =>
  new RequestContext(
    { method: "GET", url: "/", headers: {} } as unknown as IncomingMessage,
    response as unknown as ServerResponse
  )

const { writeEvents, writeStream } = makeWriter({ security: [], cors: () => [] })

const encoded = <Body extends ResponseBody>(body: Body) => [{ status: 200, headers: {}, body }, body] as const

const bytes = (text: string) => new TextEncoder().encode(text)

describe("ResponseWriter", () => {
  afterEach(() => void vi.useRealTimers())

  it("keeps the latest event for a client that does not read, and closes its stream after 30 seconds", async () => {
    vi.useFakeTimers()
    const response = unread()
    let sink: EventSink = { write: () => {}, end: () => {} }
    let closed = 0
    const subscribe = (given: EventSink) => {
      sink = given
      return () => void closed++
    }
    const body = { _tag: "Events", contentType: "text/event-stream", subscribe } as const
    let ended = 0
    writeEvents(contextOf(response), ...encoded(body), () => void ended++)
    for (const text of ["one", "two", "three"]) sink.write(bytes(text), false)
    sink.write(bytes("heartbeat"), true)
    response.emit("drain")
    assert.deepStrictEqual(response.written, ["one", "three"])
    await vi.advanceTimersByTimeAsync(29_000)
    assert.deepStrictEqual([response.destroyed, closed, ended], [false, 0, 0])
    await vi.advanceTimersByTimeAsync(1_000)
    response.emit("close")
    assert.deepStrictEqual([response.destroyed, closed, ended], [true, 1, 1])
  })

  it("ends the subscription of a client that closed its connection before the stream began", () => {
    const response = Object.assign(unread(), { destroyed: true })
    let [closed, ended] = [0, 0]
    const body = { _tag: "Events", contentType: "text/event-stream", subscribe: () => () => void closed++ } as const
    writeEvents(contextOf(response), ...encoded(body), () => void ended++)
    assert.deepStrictEqual([closed, ended], [1, 1])
  })

  it.effect("waits for a slow client of an export", () =>
    Effect.gen(function* () {
      const response = unread()
      const stream = Stream.forever(Stream.succeed(new Uint8Array(1)))
      const body = { _tag: "Stream", contentType: "application/x-ndjson", stream } as const
      const fiber = yield* Effect.forkChild(writeStream(contextOf(response), ...encoded(body)))
      yield* TestClock.adjust("1 hour")
      assert.isFalse(response.destroyed)
      yield* Fiber.interrupt(fiber)
    })
  )
})
