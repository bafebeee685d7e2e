import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { both, contentOf, exported, rowsOf } from "../support/Account.ts"
import { run, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const seeded = (environment: Readonly<Record<string, string>>, ...flags: ReadonlyArray<string>) =>
  run(["seed", ...flags], environment)

describe.each(both)("tasks seed on %s", (_, database) => {
  it.live(
    "fills an account with tasks of every status and priority, prints the counts, and changes no other account",
    () =>
      Effect.gen(function* () {
        const environment = yield* database
        const { code, stdout } = yield* seeded(environment, "--sub", "ada", "--tasks", "300")
        assert.strictEqual(code, 0)
        assert.include(stdout, "imported: 10 projects, 10 tags, 300 tasks")
        const rows = rowsOf(yield* exported("ada", environment))
        const tasks = rows.filter(({ type }) => type === "task")
        assert.strictEqual(tasks.length, 300)
        assert.strictEqual(rows.length, 320)
        for (const [field, values] of [
          ["status", "completed in_progress pending"],
          ["priority", "high low medium none"]
        ] as const) {
          assert.strictEqual(
            Array.from(new Set(tasks.map((task) => task[field])))
              .toSorted()
              .join(" "),
            values
          )
        }
        const now = Date.now()
        for (const { completed_at, created_at, status, updated_at } of tasks) {
          assert.isAbove(Date.parse(created_at), now - 367 * 86_400_000)
          assert.isAtMost(Date.parse(created_at), Date.parse(updated_at))
          assert.isAtMost(Date.parse(updated_at), now)
          assert.strictEqual(completed_at !== null, status === "completed")
        }
        assert.strictEqual(yield* exported("bob", environment), "")
      }),
    timeout
  )
})

describe("tasks seed", () => {
  it.live(
    "generates the same data for the same seed, adds missing tasks, and generates other data for another seed",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        yield* seeded(environment, "--sub", "ada", "--tasks", "50")
        yield* seeded(environment, "--sub", "bob", "--tasks", "50")
        const ada = yield* exported("ada", environment)
        assert.deepStrictEqual(contentOf(yield* exported("bob", environment)), contentOf(ada))

        const again = yield* seeded(environment, "--sub", "ada", "--tasks", "70")
        assert.include(again.stdout, "imported: 0 projects, 0 tags, 20 tasks")
        assert.include(again.stdout, "already there, not changed: 10 projects, 10 tags, 50 tasks")

        // Its tags have the names of the first seed, so the existing tags are used.
        const other = yield* seeded(environment, "--sub", "ada", "--tasks", "50", "--seed", "2")
        assert.include(other.stdout, "imported: 10 projects, 0 tags, 50 tasks")
        assert.strictEqual(rowsOf(yield* exported("ada", environment)).length, 20 + 10 + 70 + 50)
      }),
    timeout
  )

  it.live(
    "prints one line when the account is missing, the database is not migrated, or the database cannot be reached",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.makeEmpty }
        const unmigrated = yield* seeded(environment, "--sub", "ada")
        assert.strictEqual(unmigrated.code, 1)
        assert.match(unmigrated.stderr, /^tasks: pending: 0001_create_tables, .*; run tasks migrate\n$/)
        assert.notStrictEqual((yield* seeded(environment)).code, 0)
        const unreachable = yield* seeded({ DATABASE_URL: "postgres://ada@127.0.0.1:1/none" }, "--sub", "ada")
        assert.strictEqual(unreachable.code, 1)
        assert.match(unreachable.stderr, /^tasks: cannot use the database \(DATABASE_URL, DATABASE_DIRECT_URL\): .*\n$/)
      }),
    timeout
  )
})
