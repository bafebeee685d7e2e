import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { request, type Service, serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import { assertProblem, open, type RawResponse, requestHead, sendRaw, sendRepeatedly } from "../support/Socket.ts"

class Server extends Context.Service<Server, Service>()("test/Server") {
  static readonly layer = Layer.effect(Server, serveOnPostgres())
}

const chunk = "x".repeat(64 * 1024)
const chunked = `${chunk.length.toString(16)}\r\n${chunk}\r\n`

layer(Server.layer, { excludeTestServices: true, timeout })("HttpServer", (it) => {
  const send = (text: string) => Effect.flatMap(Server, ({ url }) => sendRaw(url, text))

  const create = (token: string, headers: ReadonlyArray<string>) =>
    requestHead("POST /api/tasks", [`Authorization: Bearer ${token}`, "Content-Type: application/json", ...headers])

  it.effect.each([
    "hello?\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET /health/live HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET /health/live HTTP/0.9\r\nHost: a\r\n\r\n",
    "GET /health/live?q=café HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /health/live HTTP/1.1\r\n\r\n",
    "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "GET /health/live HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
    "POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    "POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /api/tasks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "POST /api/tasks HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET /health/live HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "GET /health/live HTTP/1.1\r\nHost: ada@a\r\n\r\n",
    "GET /health/live HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET /health/live HTTP/1.1\r\nHost: a:http\r\n\r\n",
    "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
  ])("answers what is not HTTP with a problem: %j", (text) =>
    Effect.gen(function* () {
      const answer = yield* send(text)
      assertProblem(answer, 400, "BAD_REQUEST")
      assert.strictEqual(answer.headers.connection, "close")
      assert.isDefined(answer.headers.date)
    })
  )

  it.effect.each(["localhost", "", "a.example:8000", "[::1]:8000", "127.0.0.1", "my_host"])(
    "accepts the Host %j",
    (host) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* send(`GET /health/live HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status, 200)
      })
  )

  it.effect("accepts a request with its whole address, as clients send it to proxies", () =>
    Effect.gen(function* () {
      const head = (path: string) => requestHead(`GET HTTP://localhost:8000${path}`)
      assert.strictEqual((yield* send(head("/health/live"))).status, 200)
      assertProblem(yield* send(head("/api/tasks?limit=1")), 401, "TOKEN_MISSING")
      assertProblem(yield* send(head("")), 404, "ROUTE_NOT_FOUND")
    })
  )

  it.effect("answers a request although something that is not HTTP follows, and then closes the connection", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const connection = yield* open(url)
      const body = JSON.stringify({ title: "Sent" })
      const whole = `${create(yield* tokenFor("ada"), [`Content-Length: ${body.length}`])}${body}`
      yield* connection.send(`${whole}and more`)
      assert.strictEqual((yield* connection.response).status, 201)
      yield* connection.closed
    }).pipe(Effect.scoped)
  )

  it.effect("continues to serve after a client resets the connection of a CONNECT request", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      for (let n = 0; n < 3; n++) {
        const connection = yield* open(url)
        yield* connection.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\nand more")
        if (n > 0) yield* connection.response
        yield* Effect.sync(() => connection.socket.resetAndDestroy())
      }
      assert.strictEqual((yield* send(requestHead("GET /health/live"))).status, 200)
    }).pipe(Effect.scoped)
  )

  it.effect("closes a stream on whose connection something arrives that is not HTTP, without writing into it", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const connection = yield* open(url)
      let received = ""
      connection.socket.on("data", (text) => {
        received += String(text)
      })
      yield* connection.send(requestHead("GET /api/events", [`Authorization: Bearer ${yield* tokenFor("ada")}`]))
      yield* until(() => received.includes("event: changes"))
      yield* connection.send("hello?\r\n\r\n")
      yield* connection.closed
      assert.notInclude(received, "400")
    }).pipe(Effect.scoped)
  )

  it.effect("sends 100 Continue only to clients that can know it", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const token = yield* tokenFor("ada")
      for (const [version, expectation, isSent] of [
        ["1.1", "100-Continue", true],
        ["1.1", "miracles", false],
        ["1.0", "100-continue", false]
      ] as const) {
        const connection = yield* open(url)
        let received = ""
        connection.socket.on("data", (text) => {
          received += String(text)
        })
        const head = create(token, [`Expect: ${expectation}`, "Content-Length: 2"])
        yield* connection.send(`${head.replace("HTTP/1.1", `HTTP/${version}`)}{}`)
        assert.strictEqual((yield* connection.response).status, 422)
        assert.strictEqual(received.includes("100 Continue"), isSent, `${version} ${expectation}`)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("accepts an HTTP/1.0 request without Host", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* send("GET /health/live HTTP/1.0\r\n\r\n")).status, 200)
    })
  )

  it.effect("rejects headers above 16 KiB with an error response, and accepts slightly smaller ones", () =>
    Effect.gen(function* () {
      const padded = (length: number) => send(requestHead("GET /health/live", [`X-Padding: ${"x".repeat(length)}`]))
      assertProblem(yield* padded(16 * 1024), 431, "HEADERS_TOO_LARGE")
      assert.strictEqual((yield* padded(15 * 1024)).status, 200)
    })
  )

  it.effect("reads a header that follows more than 2,000 others", () =>
    Effect.gen(function* () {
      const headers = [...Array.from({ length: 2_010 }, () => "X:"), `Authorization: Bearer ${yield* tokenFor("ada")}`]
      assert.strictEqual((yield* send(requestHead("GET /api/me", headers))).status, 200)
    })
  )

  it.effect("returns 401 for two Authorization headers", () =>
    Effect.gen(function* () {
      const token = yield* tokenFor("ada")
      const header = `Authorization: Bearer ${token}`
      assert.strictEqual((yield* send(requestHead("GET /api/me", [header]))).status, 200)
      for (const second of [header, "Authorization: Bearer x", "authorization: Basic x", "Authorization:"]) {
        for (const headers of [
          [header, second],
          [second, header]
        ]) {
          const answer = yield* send(requestHead("GET /api/me", headers))
          assertProblem(answer, 401, /^TOKEN_(INVALID|MISSING)$/)
          assert.match(String(answer.headers["www-authenticate"]), /^Bearer/)
        }
      }
    })
  )

  it.effect.each([
    ["offers another protocol", ["Connection: Upgrade", "Upgrade: h2c"]],
    ["offers a web socket", ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]],
    ["expects 100 Continue", ["Expect: 100-continue"]],
    ["expects something else", ["Expect: miracles"]]
  ] as const)("handles a request that %s like any other", ([, headers]) =>
    Effect.gen(function* () {
      const token = yield* tokenFor("ada")
      const body = JSON.stringify({ title: "Sent" })
      const whole = `${create(token, [...headers, `Content-Length: ${body.length}`])}${body}`
      const chunks = `${create(token, [...headers, "Transfer-Encoding: chunked"])}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
      for (const text of [whole, chunks]) {
        const answer = yield* send(text)
        assert.strictEqual(answer.status, 201)
        assert.strictEqual(JSON.parse(answer.body).title, "Sent")
      }
      assertProblem(yield* send(requestHead("GET /api/me", headers)), 401, "TOKEN_MISSING")
    })
  )

  it.effect("closes an idle connection after 65 seconds, as each response says", () =>
    Effect.gen(function* () {
      const { headers } = yield* send(requestHead("GET /health/live"))
      assert.strictEqual(headers["keep-alive"], "timeout=65")
    })
  )

  it.effect("returns 415 for a compressed body", () =>
    Effect.gen(function* () {
      const token = yield* tokenFor("ada")
      for (const coding of ["gzip", "br", "zstd", "gzip, identity"]) {
        const answer = yield* send(`${create(token, [`Content-Encoding: ${coding}`, "Content-Length: 2"])}{}`)
        assertProblem(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
        assert.strictEqual(answer.headers["accept-encoding"], "identity")
      }
      for (const coding of ["identity", "Identity", "identity, identity", ""]) {
        const answer = yield* send(`${create(token, [`Content-Encoding: ${coding}`, "Content-Length: 2"])}{}`)
        assertProblem(answer, 422, "VALIDATION_FAILED")
      }
    })
  )

  it.effect.each([
    ["of a declared length", `Content-Length: ${800 * chunk.length}`, chunk],
    ["in chunks", "Transfer-Encoding: chunked", chunked]
  ] as const)(
    "responds with 413 to a client that continues to send 50 MB %s",
    ([, header, text]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const token = yield* tokenFor("ada")
        for (let round = 0; round < 5; round++) {
          const connection = yield* open(url)
          yield* connection.send(create(token, [header]))
          const [answer] = yield* Effect.all([connection.response, sendRepeatedly(connection, text, 800)], {
            concurrency: "unbounded"
          })
          assertProblem(answer, 413, "PAYLOAD_TOO_LARGE")
        }
      }),
    timeout
  )

  it.effect("returns 401 before the body was received", () =>
    Effect.gen(function* () {
      const answer = yield* send(create("x", [`Content-Length: ${50_000_000}`]))
      assertProblem(answer, 401, "TOKEN_INVALID")
    })
  )

  it.effect(
    "closes 300 connections whose requests are not complete in time with 408, and serves others meanwhile",
    () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const token = yield* tokenFor("ada")
        const unfinished = {
          headers: "GET /health/live HTTP/1.1\r\nHost: localhost\r\n",
          body: `${create(token, ["Content-Length: 1000"])}{`
        }
        const answers: Array<RawResponse> = []
        const slow = Effect.fnUntraced(function* (text: string, more: string) {
          const connection = yield* open(url)
          yield* connection.send(text)
          // A byte now and then, as those do who mean harm.
          const trickle = connection.send(more).pipe(Effect.delay("1 second"), Effect.forever)
          answers.push(yield* Effect.raceFirst(connection.response, trickle))
          yield* connection.closed
        }, Effect.scoped)
        let served = 0
        const others = Effect.gen(function* () {
          yield* Effect.sleep("100 millis")
          assert.strictEqual((yield* request(url, "/api/me", { token })).status, 200)
          served++
        }).pipe(Effect.repeat({ until: () => answers.length === 300 }))

        yield* Effect.all(
          [
            ...Array.from({ length: 200 }, () => slow(unfinished.headers, "X: y\r\n")),
            ...Array.from({ length: 100 }, () => slow(unfinished.body, " ")),
            others
          ],
          { concurrency: "unbounded", discard: true }
        ).pipe(Effect.timeout("20 seconds"))
        for (const answer of answers) assertProblem(answer, 408, "REQUEST_TIMEOUT")
        assert.isAbove(served, 30)
      }),
    timeout
  )
})
