import { Effect, Fiber } from "effect"
import * as PostgresServer from "../../test/support/PostgresServer.ts"
import * as Process from "../../test/support/Process.ts"
import { bundle } from "../Dependencies.ts"
import { noFailures } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

/** The locks of `pg_dump`, held until the fiber is interrupted. */
const holdLocks = (url: string) =>
  PostgresServer.administer(url, (sql) =>
    sql.withTransaction(Effect.andThen(sql`lock table task, project, tag in access share mode`, Effect.never))
  )

const paths = ["/api/tasks", "/api/projects", "/api/tags"]

export const dumpDuringMigration: Scenario = {
  name: "A dump holds its locks while migrations are applied",
  observe: ({ environment, postgres }) =>
    Effect.gen(function* () {
      const DATABASE_URL = yield* PostgresServer.createDatabase(postgres.url)
      const settings = { ...environment, DATABASE_URL }
      const service = yield* Process.serve(settings, bundle)
      const dump = yield* Effect.forkScoped(holdLocks(DATABASE_URL))
      yield* Process.until(() =>
        Effect.runPromise(
          PostgresServer.administer(
            DATABASE_URL,
            (sql) => sql`select 1 from pg_locks where relation = 'task'::regclass and mode = 'AccessShareLock'`
          )
        ).then((rows) => rows.length > 0)
      )
      // To enable row-level security needs the strongest lock on each table.
      const migrate = yield* Process.start(["migrate"], { ...settings, DATABASE_RLS: "on" }, bundle)
      const token = yield* Process.tokenFor("ada")
      const statuses = new Set<number>()
      let [slowest, requests] = [0, 0]
      yield* Process.until(async () => {
        const start = performance.now()
        statuses.add(
          (await Effect.runPromise(Process.request(service.url, paths[requests++ % 3] ?? "", { token }))).status
        )
        slowest = Math.max(slowest, Math.round(performance.now() - start))
        return migrate.output().includes("next attempt")
      })
      const [waiting = ""] = migrate
        .output()
        .split("\n")
        .filter((line) => line.includes("migrations wait for locks"))
      yield* Fiber.interrupt(dump)
      const { code } = yield* migrate.exit
      return [
        {
          promise: "requests wait for a migration that waits for a dump at most 2 s, and succeed",
          seen: `the slowest request took ${slowest} ms, statuses ${[...statuses].join(", ")}`,
          isKept: slowest < 3_000 && [...statuses].join() === "200"
        },
        {
          promise: "the migration names the session that it waits for",
          seen: waiting.trim(),
          isKept: /process \d+ \(postgres/.test(waiting)
        },
        {
          promise: "the migration is applied when the dump has ended",
          seen: `it exited with ${code}`,
          isKept: code === 0
        }
      ]
    }),
  expect: noFailures
}
