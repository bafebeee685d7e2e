import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inject } from "vitest"
import { migrations } from "../../migrations/index.ts"
import { administer } from "../support/PostgresServer.ts"
import { ask, run, secret, serve, serveUnready, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const names = Object.keys(migrations)
const lines = (mark: string) => names.map((name) => `${mark} ${name}\n`).join("")

/** The same database for a role that may look at everything and change nothing. */
const asReader = Effect.fnUntraced(function* (url: string) {
  const role = `reader_${randomBytes(8).toString("hex")}`
  const password = randomBytes(16).toString("hex")
  yield* Effect.acquireRelease(
    administer(url, (sql) =>
      Effect.andThen(
        sql`create role ${sql(role)} login password ${sql.literal(`'${password}'`)}`,
        sql`grant pg_read_all_data to ${sql(role)}`
      )
    ),
    () => Effect.ignore(administer(inject("postgres").url, (sql) => sql`drop role ${sql(role)}`))
  )
  return Object.assign(new URL(url), { username: role, password }).href
})

describe("tasks migrate", () => {
  it.live(
    "applies what is pending, and says what",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.makeEmpty }
        const before = yield* run(["migrate", "status"], environment)
        assert.deepInclude(before, { code: 1, stdout: lines("pending") })
        assert.strictEqual(before.stderr, `tasks: ${names.length} pending migrations\n`)

        assert.deepInclude(yield* run(["migrate"], environment), { code: 0, stdout: lines("applied"), stderr: "" })
        assert.deepInclude(yield* run(["migrate"], environment), {
          code: 0,
          stdout: "no pending migrations\n",
          stderr: ""
        })
        assert.deepInclude(yield* run(["migrate", "status"], environment), {
          code: 0,
          stdout: lines("applied"),
          stderr: ""
        })
      }),
    timeout
  )

  it.live(
    "is done by one of several that start at once, and the others wait for it",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.makeEmpty }
        const results = yield* Effect.all(
          Array.from({ length: 3 }, () => run(["migrate"], environment)),
          { concurrency: "unbounded" }
        )
        assert.sameMembers(
          results.map(({ code, stderr, stdout }) => `${code} ${stdout}${stderr}`),
          [`0 ${lines("applied")}`, "0 nothing to apply\n", "0 nothing to apply\n"]
        )
      }),
    timeout
  )

  // Whoever owns TEST_DATABASE_URL may not be allowed to make roles.
  it.live.skipIf(process.env.TEST_DATABASE_URL)(
    "works as the role of DATABASE_DIRECT_URL where there is one, since the service's own may change no tables",
    () =>
      Effect.gen(function* () {
        const owner = yield* TestDatabase.makeEmpty
        const DATABASE_URL = yield* asReader(owner)

        const alone = yield* run(["migrate"], { DATABASE_URL })
        assert.deepInclude(alone, { code: 1, stdout: "" })
        assert.match(alone.stderr, /^tasks: .*permission denied.*\n$/)
        assert.strictEqual((yield* run(["migrate", "status"], { DATABASE_URL })).code, 1)

        const environment = { DATABASE_URL, DATABASE_DIRECT_URL: owner }
        assert.deepInclude(yield* run(["migrate"], environment), { code: 0, stdout: lines("applied") })

        // The service migrates the same way, and then works as the other role.
        const service = yield* serve({ ...environment, BETTER_AUTH_SECRET: secret })
        assert.strictEqual((yield* ask(service.url, "/health/ready")).status, 200)
      }),
    timeout
  )

  it.live(
    "makes a service ready that was not to migrate",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.makeEmpty
        const service = yield* serveUnready({ DATABASE_URL, BETTER_AUTH_SECRET: secret, MIGRATE_ON_START: "false" })
        const before = yield* ask(service.url, "/health/ready")
        assert.strictEqual(before.status, 503)
        assert.strictEqual(before.headers.get("content-type"), "application/problem+json")
        assert.match(String(before.headers.get("retry-after")), /^\d+$/)
        assert.strictEqual(before.body.code, "NOT_READY")
        assert.deepInclude(before.body.checks, {
          database: { status: "ok" },
          migrations: { status: "failing", reason: `pending: ${names.join(", ")}` }
        })
        assert.strictEqual((yield* ask(service.url, "/health/live")).status, 200)

        assert.strictEqual((yield* run(["migrate"], { DATABASE_URL })).code, 0)
        assert.strictEqual((yield* ask(service.url, "/health/ready")).status, 200)
      }),
    timeout
  )
})
