import { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { RequestContext } from "../../src/server/pipeline/RequestContext.ts"
import { makeWriter } from "../../src/server/pipeline/ResponseWriter.ts"

/** A response to a client that never reads. */
const unread = () =>
  Object.assign(new EventEmitter(), {
    isDestroyed: false,
    writeHead: () => {},
    write: () => false,
    end: () => {},
    destroy() {
      this.isDestroyed = true
    }
  })

const writeTo = Effect.fnUntraced(function* (response: ReturnType<typeof unread>, contentType: string) {
  const { writeStream } = makeWriter({ security: [], cors: () => [] })
  const incoming = { method: "GET", url: "/", headers: {} } as unknown as IncomingMessage
  const request = new RequestContext(incoming, response as unknown as ServerResponse)
  const stream = Stream.forever(Stream.succeed(new Uint8Array(1)))
  const body = { _tag: "Stream", contentType, stream } as const
  return yield* Effect.forkChild(writeStream(request, { status: 200, headers: {}, body }, body))
})

describe("ResponseWriter", () => {
  it.effect("closes a stream of events whose client has not read for 30 seconds, and is interrupted by that", () =>
    Effect.gen(function* () {
      const response = unread()
      const fiber = yield* writeTo(response, "text/event-stream")
      yield* TestClock.adjust("29 seconds")
      assert.isFalse(response.isDestroyed)
      yield* TestClock.adjust("1 second")
      assert.isTrue(response.isDestroyed)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
    })
  )

  it.effect("waits for a slow client of an export", () =>
    Effect.gen(function* () {
      const response = unread()
      const fiber = yield* writeTo(response, "application/x-ndjson")
      yield* TestClock.adjust("1 hour")
      assert.isFalse(response.isDestroyed)
      yield* Fiber.interrupt(fiber)
    })
  )
})
