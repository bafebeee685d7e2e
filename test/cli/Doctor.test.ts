import { createServer } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { exportJWK, generateKeyPair } from "jose"
import { createClient } from "redis"
import * as Loopback from "../support/Loopback.ts"
import * as Process from "../support/Process.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const doctor = (environment: Process.Environment) => Process.run(["doctor"], environment)

/** An issuer with one key, whose clock may be wrong. */
const makeIssuer = Effect.fnUntraced(function* (date?: Date) {
  const { publicKey } = yield* Effect.promise(() => generateKeyPair("EdDSA"))
  const jwk = yield* Effect.promise(() => exportJWK(publicKey))
  const server = createServer((_request, response) => {
    if (date !== undefined) response.setHeader("date", date.toUTCString())
    response.end(JSON.stringify({ keys: [{ ...jwk, kid: "k", alg: "EdDSA" }] }))
  })
  return `http://127.0.0.1:${yield* Loopback.listen(server)}`
})

// They mostly wait for processes.
describe("tasks doctor", { concurrent: true }, () => {
  it.live(
    "finds no error in development except pending migrations",
    () =>
      Effect.gen(function* () {
        const DATA_DIR = yield* TestDatabase.directory
        const { code, stdout } = yield* doctor({ DATA_DIR })
        assert.match(stdout, /^error {2}migrations: pending: 0001_create_tables/m)
        assert.strictEqual(code, 1)
        yield* Process.run(["migrate"], { DATA_DIR })
        const well = yield* doctor({ DATA_DIR })
        assert.strictEqual(well.code, 0, well.stdout)
        assert.match(well.stdout, /^ok {5}database: embedded PGlite/m)
        assert.match(well.stdout, /^warn {3}secret: generated for development/m)
        assert.match(well.stdout, /^ok {5}origins: http:\/\/localhost:\*, /m)
        assert.match(well.stdout, /^ok {5}rate limits: counted per process/m)
      }).pipe(Effect.scoped),
    Process.timeout
  )

  it.live(
    "checks the issuer, its keys and clock, and the database role",
    () =>
      Effect.gen(function* () {
        const production = {
          ENVIRONMENT: "production",
          DATABASE_URL: yield* TestDatabase.make,
          ALLOWED_ORIGINS: "https://app.example.com"
        }
        const BETTER_AUTH_URL = yield* makeIssuer()
        const well = yield* doctor({ ...production, BETTER_AUTH_URL })
        assert.strictEqual(well.code, 0, well.stdout)
        assert.match(
          well.stdout,
          new RegExp(`^ok {5}issuer: accepts tokens of ${BETTER_AUTH_URL} for ${BETTER_AUTH_URL}$`, "m")
        )
        assert.match(well.stdout, /^ok {5}keys: .*has keys for EdDSA$/m)
        assert.match(well.stdout, /^ok {5}database: PostgreSQL \d+/m)
        assert.match(
          well.stdout,
          /^warn {3}role: has more than it needs: SUPERUSER, BYPASSRLS,.* ownership of the tables/m
        )
        assert.match(well.stdout, /^ok {5}migrations: \d+ applied, none pending$/m)
        assert.notInclude(well.stdout, new URL(production.DATABASE_URL).password || "no password")

        const skewed = yield* doctor({ ...production, BETTER_AUTH_URL: yield* makeIssuer(new Date(0)) })
        assert.match(skewed.stdout, /^error {2}issuer's clock: differs from this machine by \d+ s/m)
        assert.strictEqual(skewed.code, 1)

        const unreachable = yield* doctor({
          ...production,
          BETTER_AUTH_URL: "http://127.0.0.1:1",
          DATABASE_URL: "postgres://ada:s3cret@127.0.0.1:1/tasks"
        })
        assert.match(unreachable.stdout, /^error {2}keys: .*cannot be fetched: bad port$/m)
        assert.match(unreachable.stdout, /^error {2}database: /m)
        assert.notInclude(unreachable.stdout + unreachable.stderr, "s3cret")
        assert.strictEqual(unreachable.code, 1)
      }).pipe(Effect.scoped),
    Process.timeout
  )

  it.live.runIf(RedisServer.isAvailable)(
    "checks Redis and what its user may do, without printing the password",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        const server = yield* RedisServer.start
        const as = (user: string) => server.url.replace("//:", `//${user}:`)
        // As docs/scaling.md says, and without the channel, which a new user may not use by default.
        yield* Effect.promise(async () => {
          const client = await createClient({ url: server.url }).connect()
          const rules = [
            `>${server.password}`,
            "~tasks:limit:*",
            ..."+eval +time +get +set +publish +subscribe".split(" ")
          ]
          await client.aclSetUser("tasks", ["on", ...rules, "&tasks_changes"])
          await client.aclSetUser("deaf", ["on", ...rules])
          client.destroy()
        })
        const well = yield* doctor({ DATABASE_URL, REDIS_URL: as("tasks") })
        assert.strictEqual(well.code, 0, well.stdout)
        assert.match(well.stdout, /^ok {5}rate limits: counted in Redis$/m)

        const deaf = yield* doctor({ DATABASE_URL, REDIS_URL: as("deaf") })
        assert.match(deaf.stdout, /^error {2}rate limits: cannot use Redis \(REDIS_URL\): NOPERM .* channel/m)
        const wrong = yield* doctor({ DATABASE_URL, REDIS_URL: server.url.replace(server.password, "s3cret") })
        assert.match(wrong.stdout, /^error {2}rate limits: cannot use Redis \(REDIS_URL\): WRONGPASS/m)
        yield* server.pause
        const silent = yield* doctor({ DATABASE_URL, REDIS_URL: server.url })
        assert.match(silent.stdout, /^error {2}rate limits: .*: no response within 3 s$/m)
        yield* server.kill
        const unreachable = yield* doctor({ DATABASE_URL, REDIS_URL: server.url })
        assert.match(unreachable.stdout, /^error {2}rate limits: .*ECONNREFUSED/m)
        for (const { code } of [deaf, wrong, silent, unreachable]) assert.strictEqual(code, 1)
        for (const { stderr, stdout } of [well, deaf, wrong, silent, unreachable]) {
          assert.notInclude(stdout + stderr, server.password)
          assert.notInclude(stdout + stderr, "s3cret")
        }
      }).pipe(Effect.scoped),
    Process.timeout
  )

  it.live(
    "a service whose clock differs from the issuer's by more than 30 s is not ready, and doctor says so",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        for (const [seconds, status] of [
          [0, 200],
          [60, 503],
          [-60, 503]
        ] as const) {
          const BETTER_AUTH_URL = yield* makeIssuer(new Date(Date.now() + seconds * 1000))
          const { url } = yield* Process.serveUnready({ DATABASE_URL, BETTER_AUTH_URL })
          // The first fetch of the keys may still run.
          yield* Process.until(async () => {
            const { body } = await Effect.runPromise(Process.request(url, "/health/ready"))
            return body.checks.keys.status === "ok" || /differ by/.test(body.checks.keys.reason)
          })
          const ready = yield* Process.request(url, "/health/ready")
          assert.strictEqual(ready.status, status)
          const { code, stdout } = yield* doctor({ DATABASE_URL, BETTER_AUTH_URL })
          assert.strictEqual(code, status === 200 ? 0 : 1)
          assert.match(stdout, new RegExp(`^${status === 200 ? "ok   " : "error"}  issuer's clock: differs`, "m"))
        }
      }).pipe(Effect.scoped),
    Process.timeout
  )
})
