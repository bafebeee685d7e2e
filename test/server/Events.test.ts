import { connect } from "node:net"
import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { ChangeHub } from "../../src/events/ChangeHub.ts"
import { RateLimiters } from "../../src/rate-limit/RateLimiters.ts"
import { makeListener } from "../../src/server/Listener.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { changeHub, listen, repositories } from "../support/HttpTestClient.ts"
import { until } from "../support/Process.ts"
import * as TestAuth from "../support/TestAuth.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"

class Origin extends Context.Service<Origin, string>()("test/server/Events/Origin") {}

const log: Array<string> = []
const logger = Logger.layer([Logger.make((entry) => void log.push(Logger.formatJson.log(entry)))])

const services = Layer.effect(Origin, Effect.flatMap(makeListener, listen)).pipe(
  Layer.provideMerge(changeHub),
  Layer.provide([repositories, TestAuth.layer, RateLimiters.layerOff, Readiness.layer({ database: Effect.void })]),
  Layer.provide(logger)
)

const headersOf = (user: string) => ({ authorization: `Bearer ${user}` })

const send = (method: string, path: string, user: string, body?: unknown) =>
  Effect.flatMap(Origin, (origin) =>
    Effect.promise(async () => {
      const response = await fetch(origin + path, {
        method,
        headers: { ...headersOf(user), ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) })
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) }
    })
  )

interface Stream {
  readonly status: number
  readonly headers: Headers
  /** What has arrived. */
  text: string
  isEnded: boolean
  readonly close: () => void
}

/** Opens a stream, which is closed with the scope. */
const open = (path: string, headers: Record<string, string> = {}) =>
  Effect.acquireRelease(
    Effect.flatMap(Origin, (origin) =>
      Effect.promise(async () => {
        const controller = new AbortController()
        const response = await fetch(origin + path, { headers, signal: controller.signal })
        const stream: Stream = {
          status: response.status,
          headers: response.headers,
          text: "",
          isEnded: false,
          close: () => controller.abort()
        }
        const read = async () => {
          for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) stream.text += chunk
        }
        read()
          .catch(() => {})
          .finally(() => {
            stream.isEnded = true
          })
        return stream
      })
    ),
    ({ close }) => Effect.sync(close)
  )

const cursorsOf = ({ text }: Stream) =>
  Array.from(text.matchAll(/event: changes\nid: (.+)\ndata:\n\n/g), ([, id]) => id)

const titlesAt = (user: string, cursor: string | undefined) =>
  Effect.map(send("GET", `/api/changes?cursor=${cursor}`, user), ({ body }) =>
    body.changes.map(({ value }: { value: { title: string } }) => value.title)
  )

const ticketFor = (user: string) =>
  Effect.map(send("POST", "/api/events/tickets", user), ({ body, status }) => {
    assert.strictEqual(status, 201)
    return body.ticket as string
  })

describe.each(all)("GET /api/events on %s", (_, database) => {
  layer(Layer.provideMerge(services, database), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("sends the cursor of the present at once, and one after each change of the user", () =>
      Effect.gen(function* () {
        yield* send("POST", "/api/tasks", "ada", { title: "before" })
        const stream = yield* open("/api/events", headersOf("ada"))
        assert.strictEqual(stream.status, 200)
        assert.strictEqual(stream.headers.get("content-type"), "text/event-stream")
        assert.strictEqual(stream.headers.get("cache-control"), "no-store, no-transform")
        yield* until(() => cursorsOf(stream).length === 1)
        assert.match(stream.text, /^retry: [12]\d{3}\n\n/)
        const [first] = cursorsOf(stream)
        assert.deepStrictEqual(yield* titlesAt("ada", first), [])
        yield* send("POST", "/api/tasks", "bob", { title: "not hers" })
        yield* send("POST", "/api/tasks", "ada", { title: "after" })
        yield* until(() => cursorsOf(stream).length === 2)
        assert.deepStrictEqual(yield* titlesAt("ada", first), ["after"])
        assert.deepStrictEqual(yield* titlesAt("ada", cursorsOf(stream)[1]), [])
      })
    )

    it.effect("opens one stream with a ticket, which is valid once", () =>
      Effect.gen(function* () {
        const ticket = yield* ticketFor("ada")
        const stream = yield* open(`/api/events?ticket=${ticket}`)
        yield* until(() => cursorsOf(stream).length === 1)
        yield* send("POST", "/api/tasks", "ada", { title: "seen" })
        yield* until(() => cursorsOf(stream).length === 2)
        const again = yield* open(`/api/events?ticket=${ticket}`)
        assert.strictEqual(again.status, 401)
        assert.match(again.headers.get("www-authenticate") ?? "", /invalid_token/)
      })
    )

    it.effect("rejects tickets that are too old, of another user, forged or used elsewhere", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        const old = yield* ticketFor("old")
        yield* sql`update event_ticket set created_at = now() - interval '31 seconds' where user_id = 'old'`
        const mine = yield* ticketFor("ada")
        const [, id] = mine.split(".")
        const foreign = `${Buffer.from("bob").toString("base64url")}.${id}`
        for (const ticket of [old, foreign, "x", "", `${mine}0`, "YWRh.", `w4Q.${id}`]) {
          assert.strictEqual((yield* open(`/api/events?ticket=${ticket}`)).status, 401, ticket)
        }
        const elsewhere = yield* open(`/api/tasks?ticket=${mine}`)
        assert.strictEqual(elsewhere.status, 401)
        assert.strictEqual((yield* open(`/api/events?ticket=${mine}`)).status, 200)
      })
    )

    it.effect("ends when the account is erased, also for a user who never had a row", () =>
      Effect.gen(function* () {
        const stream = yield* open("/api/events", headersOf("empty"))
        yield* until(() => cursorsOf(stream).length === 1)
        assert.strictEqual((yield* send("DELETE", "/api/account?confirm=empty", "empty")).status, 204)
        yield* until(() => stream.isEnded)
      })
    )

    it.effect("does not log tickets, and rejects those of an erased account", () =>
      Effect.gen(function* () {
        yield* send("POST", "/api/tasks", "gone", { title: "t" })
        const used = yield* ticketFor("gone")
        const unused = yield* ticketFor("gone")
        const stream = yield* open(`/api/events?ticket=${used}`)
        yield* until(() => cursorsOf(stream).length === 1)
        assert.strictEqual((yield* send("DELETE", "/api/account?confirm=gone", "gone")).status, 204)
        for (const ticket of [used, unused]) {
          assert.strictEqual((yield* open(`/api/events?ticket=${ticket}`)).status, 401)
        }
        yield* until(() => stream.isEnded)
        yield* until(() => log.filter((line) => line.includes("GET /api/events 401")).length >= 2)
        const [, id = assert.fail("no ticket")] = used.split(".")
        assert.deepStrictEqual(
          log.filter((line) => line.includes(id) || line.includes(unused)),
          []
        )
      })
    )

    it.effect("responds to every Accept, Last-Event-ID and method with a stream or an error", () =>
      Effect.gen(function* () {
        const origin = yield* Origin
        const variants: ReadonlyArray<Record<string, string>> = [
          ...["text/event-stream", "*/*", "application/json", "", "text/html;q=0.1"].map((accept) => ({ accept })),
          ...["", "0", "x".repeat(4_000), "\u00ff", "0, 1"].map((id) => ({ "last-event-id": id }))
        ]
        for (const [n, headers] of variants.entries()) {
          const path = n % 2 === 0 ? "/api/events" : `/api/events?lastEventId=${n}`
          const stream = yield* open(path, { ...headersOf("variants"), ...headers })
          assert.strictEqual(stream.status, 200)
          yield* until(() => cursorsOf(stream).length === 1)
          stream.close()
        }
        const statusOf = (method: string, headers: Record<string, string> = headersOf("variants")) =>
          Effect.promise(async () => {
            const response = await fetch(`${origin}/api/events`, { method, headers })
            // A stream would not end.
            return [response.status, (await response.text()) === ""] as const
          })
        assert.deepStrictEqual(yield* statusOf("HEAD"), [200, true])
        assert.deepStrictEqual(yield* statusOf("HEAD", {}), [401, true])
        assert.strictEqual((yield* statusOf("OPTIONS"))[0], 405)
        for (const method of ["POST", "PUT", "DELETE"]) assert.strictEqual((yield* statusOf(method))[0], 405)
        // None of these holds a stream.
        const hub = yield* ChangeHub
        yield* until(() => hub.statistics.streams === 0)
      })
    )

    it.effect("takes CR and LF in Last-Event-ID for the end of the header", () =>
      Effect.gen(function* () {
        const { hostname, port } = new URL(yield* Origin)
        const answers = yield* Effect.promise(() =>
          Promise.all(
            ["1\r\nx-injected: 1", "1\nx-injected: 1", "1\rx-injected: 1", "1\u00001"].map(
              (id) =>
                new Promise<string>((resolve) => {
                  const socket = connect(Number(port), hostname)
                  let text = ""
                  socket.setEncoding("latin1").on("data", (part) => {
                    text += part
                    socket.destroy()
                  })
                  socket.on("close", () => resolve(text))
                  const head = `GET /api/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer crlf\r\nlast-event-id: ${id}`
                  socket.write(`${head}\r\n\r\n`)
                })
            )
          )
        )
        for (const answer of answers) {
          assert.match(answer, /^HTTP\/1\.1 (200|400) /)
          assert.notInclude(answer, "injected")
        }
      })
    )

    it.effect("ends with an event when the token expires", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        const ticket = yield* ticketFor("ada")
        yield* sql`update event_ticket set token_expires_at = now() + interval '2 seconds'`
        const stream = yield* open(`/api/events?ticket=${ticket}`)
        yield* until(() => stream.isEnded)
        assert.isTrue(stream.text.endsWith("event: token_expired\ndata:\n\n"))
      })
    )

    it.effect("rejects the 11th stream of a user until one is closed, and logs streams when they end", () =>
      Effect.gen(function* () {
        const streams = yield* Effect.forEach(Array.from({ length: 10 }), () => open("/api/events", headersOf("many")))
        yield* until(() => streams.every((stream) => cursorsOf(stream).length === 1))
        const refused = yield* send("GET", "/api/events", "many")
        assert.deepInclude(refused.body, { status: 429, code: "TOO_MANY_STREAMS" })
        assert.strictEqual(refused.headers.get("retry-after"), "15")
        const logged = () => log.filter((line) => line.includes("GET /api/events 200")).length
        const before = logged()
        streams[0]?.close()
        yield* until(() => logged() === before + 1)
        assert.strictEqual((yield* open("/api/events", headersOf("many"))).status, 200)
      })
    )

    it.effect("rejects the 11th stream also of those that are opened at the same time", () =>
      Effect.gen(function* () {
        const streams = yield* Effect.forEach(
          Array.from({ length: 13 }),
          () => open("/api/events", headersOf("hasty")),
          {
            concurrency: "unbounded"
          }
        )
        const refused = streams.filter(({ status }) => status === 429)
        assert.lengthOf(refused, 3)
        for (const { close } of streams) close()
      })
    )

    it.effect("ends all streams when the server stops, and opens no more", () =>
      Effect.gen(function* () {
        const hub = yield* ChangeHub
        const stream = yield* open("/api/events", headersOf("ada"))
        yield* until(() => cursorsOf(stream).length === 1)
        yield* hub.close
        yield* until(() => stream.isEnded)
        assert.deepInclude((yield* send("GET", "/api/events", "ada")).body, {
          status: 503,
          code: "SERVICE_UNAVAILABLE"
        })
      })
    )
  })
})
