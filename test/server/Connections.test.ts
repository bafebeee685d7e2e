import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Service, serveOnPostgres, timeout, until } from "../support/Process.ts"
import { assertProblem, open, requestHead } from "../support/Socket.ts"

const live = requestHead("GET /health/live")

/** A connection that was accepted and answered a request. */
const served = Effect.fnUntraced(function* ({ url }: Service, localAddress?: string) {
  const connection = yield* open(url, localAddress)
  yield* connection.send(live)
  assert.strictEqual((yield* connection.response).status, 200)
  return connection
})

/** A connection that is closed without a response: after it was opened, or before this end sees that it was. */
const assertRefused = ({ url }: Service, localAddress?: string) =>
  Effect.gen(function* () {
    const connection = yield* open(url, localAddress)
    yield* connection.send(live)
    yield* connection.closed
    assert.strictEqual(connection.socket.bytesRead, 0)
  }).pipe(Effect.catch((error) => Effect.sync(() => assert.strictEqual(error.code, "ECONNRESET"))))

const attacker = "127.0.0.2"
const proxy = "127.0.0.3"

// Other systems have one loopback address.
describe.runIf(process.platform === "linux")("Connections", { concurrent: true }, () => {
  it.live(
    "refuses connections above the limit of an address, and serves other addresses and trusted proxies",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({
          CONNECTIONS_MAX_ADDRESS: "3",
          TRUSTED_PROXIES: proxy,
          ADMIN_PORT: "0",
          LOG_LEVEL: "info"
        })
        const [first] = yield* Effect.all(Array.from({ length: 3 }, () => served(service, attacker)))
        yield* assertRefused(service, attacker)
        yield* served(service)
        for (let n = 0; n < 5; n++) yield* served(service, proxy)

        const admin = /admin port at (\S+)/.exec(service.output())?.[1]
        const metrics = yield* Effect.promise(() => fetch(`${admin}/metrics`).then((response) => response.text()))
        assert.match(metrics, /^http_server_connections 9$/m)
        assert.match(metrics, /^http_server_connections_refused_total 1$/m)
        yield* until(() =>
          service.output().includes("refused connections: an address has more than 3 (CONNECTIONS_MAX_ADDRESS)")
        )

        first?.socket.destroy()
        yield* until(async () => /^http_server_connections 8$/m.test(await (await fetch(`${admin}/metrics`)).text()))
        yield* served(service, attacker)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "closes idle connections for new ones above the limit of the process",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ CONNECTIONS_MAX: "5" })
        const idle = yield* Effect.all(Array.from({ length: 5 }, (_, n) => served(service, `127.0.1.${n + 1}`)))
        yield* assertRefused(service)
        for (const connection of idle) yield* connection.closed
        yield* served(service)
        yield* until(() => service.output().includes("refused connections: the process has 5 (CONNECTIONS_MAX)"))
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "closes a connection that sends no byte after some seconds, on the API port and on the admin port",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ ADMIN_PORT: "0" })
        const admin = /admin port at (\S+)/.exec(service.output())?.[1] ?? ""
        const [silent, silentAdmin] = yield* Effect.all([open(service.url), open(admin)])
        assertProblem(yield* silent.response, 408, "REQUEST_TIMEOUT")
        yield* Effect.all([silent.closed, silentAdmin.closed])
      }).pipe(Effect.timeout("30 seconds"), Effect.scoped),
    timeout
  )

  it.live(
    "closes a connection that sends many requests at once, and all others of its address",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres()
        const [first, second, other] = yield* Effect.all([
          served(service, attacker),
          served(service, attacker),
          served(service)
        ])
        yield* first.send(live.repeat(33))
        yield* Effect.all([first.closed, second.closed])
        assert.isFalse(other.isClosed())
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "reads a connection more slowly after the rate limit has rejected one of its requests",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ RATE_LIMIT_ADDRESS: "1/hour" })
        const me = requestHead("GET /api/me")
        const connection = yield* open(service.url, attacker)
        yield* connection.send(me)
        assert.strictEqual((yield* connection.response).status, 401)
        const statuses = () => received.match(/HTTP\/1.1 \d+/g) ?? []
        let received = ""
        connection.socket.on("data", (text) => {
          received += text
        })
        const since = performance.now()
        yield* connection.send(me)
        yield* until(() => statuses().length === 1)
        yield* connection.send(me)
        yield* served(service)
        yield* until(() => statuses().length === 2)
        // The server reads nothing for a second after the first of them. Timers may be a millisecond early.
        assert.isAtLeast(performance.now() - since, 990)
        assert.deepStrictEqual(statuses(), ["HTTP/1.1 429", "HTTP/1.1 429"])
      }).pipe(Effect.scoped),
    timeout
  )
})
