import { stat } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, PlatformError } from "effect"
import { formatError } from "../../src/cli/ErrorReporting.ts"
import * as Loopback from "../support/Loopback.ts"
import { freePort } from "../support/Port.ts"
import { readiness, request, run, secret, serve, start, timeout, tokenFor, until } from "../support/Process.ts"
import { open } from "../support/Socket.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const mode = (path: string) => Effect.promise(async () => ((await stat(path)).mode & 0o777).toString(8))

/** A port that another server has for as long as the scope lasts. */
const takenPort = Effect.suspend(() => Effect.map(Loopback.listen(createServer()), String))

const lines = (text: string) => text.trimEnd().split("\n")

describe("tasks serve without settings", () => {
  it.live(
    "serves on an embedded database, logs that it is for development, and locks its directory",
    () =>
      Effect.gen(function* () {
        const DATA_DIR = join(yield* TestDatabase.directory, "data")
        const service = yield* serve({ DATA_DIR })
        const said = lines(service.output()).find((line) => line.includes("ready at"))
        assert.match(service.url, /^http:\/\/127\.0\.0\.1:\d+$/)
        assert.include(said, `ready at ${service.url}, docs at ${service.url}/docs`)
        assert.include(said, `embedded PGlite in ${DATA_DIR}, for development only`)
        assert.strictEqual((yield* readiness(service.url)).status, 200)
        assert.strictEqual(yield* mode(join(DATA_DIR, "secret")), "600")
        assert.strictEqual(yield* mode(DATA_DIR), "700")

        const second = yield* run(["serve"], { DATA_DIR, PORT: "0" })
        assert.strictEqual(second.code, 1)
        assert.lengthOf(lines(second.stderr), 1)
        assert.include(second.stderr, `${DATA_DIR} is open in another process`)
        assert.strictEqual((yield* readiness(service.url)).status, 200)
      }),
    timeout
  )

  it.live(
    "keeps acknowledged tasks after SIGKILL",
    () =>
      Effect.gen(function* () {
        const environment = { DATA_DIR: yield* TestDatabase.makeEmbedded, BETTER_AUTH_SECRET: secret }
        const token = yield* tokenFor("ada")
        const acknowledged: Array<string> = []
        yield* Effect.scoped(
          Effect.gen(function* () {
            const service = yield* serve(environment)
            const writing = yield* request(service.url, "/api/tasks", { token, body: { title: "Kept" } }).pipe(
              Effect.tap(({ body, status }) => {
                assert.strictEqual(status, 201)
                acknowledged.push(body.id)
                return Effect.void
              }),
              Effect.forever,
              Effect.exit,
              Effect.forkChild
            )
            yield* until(() => acknowledged.length >= 50)
            yield* service.kill("SIGKILL")
            assert.strictEqual((yield* service.exit).signal, "SIGKILL")
            yield* Fiber.join(writing)
          })
        )
        const service = yield* serve(environment)
        const { body } = yield* request(service.url, "/api/tasks?limit=200", { token })
        assert.includeMembers(
          body.map(({ id }: { readonly id: string }) => id),
          acknowledged.slice(-150)
        )
      }),
    timeout
  )
})

it("a command that cannot write reports what the system said", () => {
  const cause = new Error("ENOSPC: no space left on device, write")
  const full = PlatformError.systemError({ _tag: "Unknown", module: "Stdio", method: "stdout", cause })
  assert.strictEqual(formatError(full), cause.message)
})

describe("tasks serve with invalid settings", () => {
  const refused = Effect.fnUntraced(function* (environment: Record<string, string>) {
    const { code, stderr, stdout } = yield* Effect.timeout(run(["serve"], { PORT: "0", ...environment }), "5 seconds")
    assert.strictEqual(code, 1)
    assert.notMatch(stdout + stderr, /^\s+at /m)
    assert.notInclude(stdout + stderr, "marker")
    assert.notInclude(stdout, "ready")
    return stderr
  })

  it.live(
    "reports the address that is in use",
    () =>
      Effect.gen(function* () {
        const PORT = yield* takenPort
        const said = yield* refused({ DATABASE_URL: yield* TestDatabase.make, BETTER_AUTH_SECRET: secret, PORT })
        assert.lengthOf(lines(said), 1)
        assert.include(said, `127.0.0.1:${PORT}`)
      }),
    timeout
  )

  it.live(
    "reports every invalid production setting at once, without values",
    () =>
      Effect.gen(function* () {
        const nothing = yield* refused({ ENVIRONMENT: "production" })
        assert.include(nothing, "DATABASE_URL: must be set")
        assert.include(nothing, "BETTER_AUTH_SECRET: must be set")

        const wrong = yield* refused({
          ENVIRONMENT: "production",
          DATABASE_URL: "mysql://ada:marker@localhost/tasks",
          BETTER_AUTH_SECRET: "marker",
          PORT: "marker"
        })
        for (const name of ["DATABASE_URL", "BETTER_AUTH_SECRET", "PORT"]) assert.include(wrong, `${name}: must `)

        const placeholder = "better-auth-secret-12345678901234567890"
        const known = yield* refused({ ENVIRONMENT: "production", BETTER_AUTH_SECRET: placeholder })
        assert.include(known, "BETTER_AUTH_SECRET: must be random, not a placeholder")
        assert.include(known, "DATABASE_URL: must be set")
        assert.notInclude(known, placeholder)
      }),
    timeout
  )

  it.live(
    "reports in one line why the database is unreachable, without its password",
    () =>
      Effect.gen(function* () {
        const there = new URL(yield* TestDatabase.make)
        const wrongName = Object.assign(new URL(there), { pathname: "/nowhere" })
        const wrongPassword = Object.assign(new URL(there), { password: "marker" })
        const said: Array<string> = []
        for (const url of [
          `postgresql://ada:marker@127.0.0.1:${yield* freePort}/tasks`,
          "postgresql://ada:marker@nowhere.invalid/tasks",
          wrongName.href,
          // Another server may not require a password.
          ...(process.env.TEST_DATABASE_URL ? [] : [wrongPassword.href])
        ]) {
          const stderr = yield* refused({ DATABASE_URL: url, BETTER_AUTH_SECRET: secret })
          assert.lengthOf(lines(stderr), 1)
          assert.match(stderr, /^tasks: cannot use the database \(DATABASE_URL, DATABASE_DIRECT_URL\): ./)
          assert.notInclude(stderr, there.password)
          said.push(stderr)
        }
        assert.include(said[0], "ECONNREFUSED")
        assert.include(said[1], "ENOTFOUND")
        assert.include(said[2], "nowhere")
        if (said[3] !== undefined) assert.include(said[3], "password authentication failed")
      }),
    timeout
  )
})

describe("tasks serve during start-up", () => {
  it.live(
    "refuses connections or responds to them, and leaves none waiting",
    () =>
      Effect.gen(function* () {
        const PORT = String(yield* freePort)
        const url = `http://127.0.0.1:${PORT}`
        const service = yield* start(["serve"], {
          PORT,
          DATABASE_URL: yield* TestDatabase.makeEmpty,
          BETTER_AUTH_SECRET: secret
        })
        const statuses: Array<number> = []
        const attempt = Effect.gen(function* () {
          const connection = yield* open(url)
          yield* connection.send("GET /api/me HTTP/1.1\r\nHost: localhost\r\n\r\n")
          statuses.push((yield* Effect.timeout(connection.response, "5 seconds")).status)
        }).pipe(
          Effect.scoped,
          Effect.catchIf(
            (error) => "code" in error && error.code === "ECONNREFUSED",
            () => Effect.sleep("1 millis")
          )
        )
        // A refused connection is repeated at once, to reach the port as soon as it is open.
        yield* Effect.forEach(
          Array.from({ length: 20 }),
          () => Effect.repeat(attempt, { until: () => statuses.length >= 200 }),
          { concurrency: "unbounded", discard: true }
        )
        // Without a token, and without tables at first.
        assert.deepStrictEqual(
          statuses.filter((status) => status !== 401 && status !== 503),
          []
        )
        yield* until(() => service.output().includes(`ready at ${url}`))
      }),
    timeout
  )
})
