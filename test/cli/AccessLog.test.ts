import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { administer } from "../support/PostgresServer.ts"
import { type Service, serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import { open, requestHead } from "../support/Socket.ts"
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

const streamsOf = ({ output }: Service) => {
  const admin = /admin port at (\S+)/.exec(output())?.[1]
  return fetch(`${admin}/metrics`)
    .then((response) => response.text())
    .then((text) => Number(/^http_server_streams (\d+)$/m.exec(text)?.[1]))
}

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
})
