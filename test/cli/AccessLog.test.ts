import { once } from "node:events"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { administer } from "../support/PostgresServer.ts"
import { type Service, serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import { open, requestHead, sendRaw } from "../support/Socket.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

/** The fields of the log line of an export. Waits for it. */
const exportLine = Effect.fnUntraced(function* ({ output }: Service) {
  const find = () => /^(?=.*GET \/api\/export \d+).*$/m.exec(output())?.[0]
  yield* until(() => find() !== undefined)
  return find() ?? ""
})

/** The service with an account whose export has 12 kB per project: JSON escapes each character. */
const serveAccount = Effect.fnUntraced(function* (projects: number) {
  const DATABASE_URL = yield* TestDatabase.make
  yield* administer(
    DATABASE_URL,
    (sql) => sql`
      insert into project (user_id, id, name, description)
      select 'ada', gen_random_uuid(), n::text, repeat(chr(1), 2000) from generate_series(1, ${projects}::int) as n
    `
  )
  const service = yield* serveOnPostgres({ DATABASE_URL, ADMIN_PORT: "0" })
  return { service, token: yield* tokenFor("ada") }
})

const metricsOf = ({ output }: Pick<Service, "output">) =>
  Effect.promise(() =>
    fetch(`${/admin port at (\S+)/.exec(output())?.[1]}/metrics`).then((response) => response.text())
  )

const streamsOf = (service: Service) =>
  Effect.runPromise(metricsOf(service)).then((text) => Number(/^http_server_streams (\d+)$/m.exec(text)?.[1]))

describe("The access log", () => {
  it.live(
    "has the line of a stream at its end, with its bytes and whether it was complete",
    () =>
      Effect.gen(function* () {
        const { service, token } = yield* serveAccount(1000)
        const headers = { authorization: `Bearer ${token}` }
        const text = yield* Effect.promise(() =>
          fetch(`${service.url}/api/export`, { headers }).then((response) => response.text())
        )
        const line = yield* exportLine(service)
        assert.include(line, " GET /api/export 200 ")
        assert.include(line, "stream_complete=true")
        assert.include(line, `response_bytes=${Buffer.byteLength(text)}`)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "says that a stream was not complete when its client left, and the stream no longer counts as open",
    () =>
      Effect.gen(function* () {
        // More than the buffers of all sockets on the way.
        const { service, token } = yield* serveAccount(6000)
        const connection = yield* open(service.url)
        connection.socket.pause()
        yield* connection.send(requestHead("GET /api/export", [`Authorization: Bearer ${token}`]))
        yield* until(async () => (await streamsOf(service)) === 1)
        assert.notInclude(service.output(), "GET /api/export 200")
        connection.socket.resetAndDestroy()
        const line = yield* exportLine(service)
        assert.include(line, " GET /api/export 200 ")
        assert.include(line, "stream_complete=false")
        yield* until(async () => (await streamsOf(service)) === 0)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live.each([
    ["full", "client_address=192.0.2.7 "],
    ["masked", "client_address=192.0.2.0/24 "],
    ["off", undefined]
  ] as const)(
    "has the address of the client as LOG_CLIENT_ADDRESS=%s says",
    ([LOG_CLIENT_ADDRESS, expected]) =>
      Effect.gen(function* () {
        const { output, url } = yield* serveOnPostgres({ LOG_CLIENT_ADDRESS, TRUSTED_PROXIES: "127.0.0.1" })
        yield* Effect.promise(() => fetch(`${url}/api/me`, { headers: { "x-forwarded-for": "192.0.2.7" } }))
        yield* until(() => output().includes("GET /api/me 401"))
        if (expected === undefined) assert.notMatch(output(), /client_address|192\.0\.2/)
        else assert.include(output(), expected)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "has one line for each malformed request, with the status and the request id of its response",
    () =>
      Effect.gen(function* () {
        const { output, url } = yield* serveOnPostgres({ ADMIN_PORT: "0" })
        const token = yield* tokenFor("ada")
        const upload = requestHead("POST /api/tasks", [`Authorization: Bearer ${token}`, "Transfer-Encoding: chunked"])
        for (const [text, line] of [
          ["\x16\x03\x01\r\n\r\n", "UNKNOWN unmatched 400"],
          [requestHead("GET /api/me", ["Bad Header: x"]), "UNKNOWN unmatched 400"],
          [requestHead(`GET /api/tasks?q=${"a".repeat(20_000)}`), "UNKNOWN unmatched 431"],
          [requestHead("CONNECT example.com:443"), "UNKNOWN unmatched 400"],
          [requestHead("GET /api/me", ["Host: another"]), "GET /api/me 400"],
          [`${upload}no length\r\n`, "POST /api/tasks 400"],
          ["GET /api/me HTTP/1.1\r\n", "UNKNOWN unmatched 408"]
        ] as const) {
          const { headers, status } = yield* sendRaw(url, text)
          const id = `request_id=${headers["x-request-id"]}`
          yield* until(() => output().includes(id))
          const lines = output()
            .split("\n")
            .filter((line) => line.includes(id))
          assert.lengthOf(lines, 1, text)
          assert.include(lines[0], line)
          assert.include(line, String(status))
        }
        const metrics = yield* metricsOf({ output })
        assert.include(metrics, 'http_server_requests_total{method="other",route="unmatched",status="408"} 1')
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "has one line for a request that was answered, or whose client left, before all of its body arrived",
    () =>
      Effect.gen(function* () {
        const { output, url } = yield* serveOnPostgres()
        const token = yield* tokenFor("ada")
        const send = Effect.fnUntraced(function* (headers: ReadonlyArray<string>) {
          const connection = yield* open(url)
          yield* connection.send(requestHead("POST /api/tasks", ["Transfer-Encoding: chunked", ...headers]))
          return connection
        })
        const refused = yield* send([])
        assert.strictEqual((yield* refused.response).status, 401)
        yield* refused.send("no length\r\n")
        yield* refused.closed
        const aborted = yield* send([`Authorization: Bearer ${token}`, "Expect: 100-continue"])
        // Then its body is being read.
        yield* Effect.promise(() => once(aborted.socket, "data"))
        aborted.socket.end()
        yield* until(() => output().includes("POST /api/tasks 499"))
        assert.deepStrictEqual(output().match(/(?<= )(?:POST|UNKNOWN) \S+ \d+(?= )/g), [
          "POST /api/tasks 401",
          "POST /api/tasks 499"
        ])
      }).pipe(Effect.scoped),
    timeout
  )
})
