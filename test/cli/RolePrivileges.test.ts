import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Auth } from "../../src/auth/Auth.ts"
import { readinessLayer } from "../../src/cli/ReadinessChecks.ts"
import { rolePrivileges } from "../../src/cli/RolePrivileges.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const timeout = 300_000

const as =
  (url: string) =>
  <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    Effect.provide(effect, PostgresDatabase.layerDirect(TestDatabase.settings, Redacted.make(url)))

const execute = (text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text))

// The role of TEST_DATABASE_URL may not be allowed to create roles.
describe.skipIf(process.env.TEST_DATABASE_URL)("The privileges of the service's role", () => {
  it.live(
    "are reported for each table and function, where one is missing and where there is one too many",
    () =>
      Effect.gen(function* () {
        const { owner, service, superuser } = yield* TestDatabase.makeWithRls
        const [ownerName, name] = [new URL(owner).username, new URL(service).username]
        assert.deepStrictEqual(yield* as(service)(rolePrivileges), { missing: [], excess: [] })
        for (const [change, undo, expected] of [
          [`revoke insert on tag from ${name}`, `grant insert on tag to ${name}`, { missing: ["INSERT on tag"] }],
          [
            `revoke select, delete on task_tag from ${name}`,
            `grant select, delete on task_tag to ${name}`,
            { missing: ["DELETE, SELECT on task_tag"] }
          ],
          [
            "revoke execute on function fold_case(text) from public",
            "grant execute on function fold_case(text) to public",
            { missing: ["EXECUTE on fold_case()"] }
          ],
          [
            `grant truncate, trigger on task to ${name}`,
            `revoke truncate, trigger on task from ${name}`,
            { excess: ["TRIGGER, TRUNCATE on task"] }
          ],
          [
            `grant insert on schema_migration to ${name}`,
            `revoke insert on schema_migration from ${name}`,
            { excess: ["INSERT on schema_migration"] }
          ],
          [
            `grant create on schema public to ${name}`,
            `revoke create on schema public from ${name}`,
            { excess: ["CREATE on the schema"] }
          ],
          ...["CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION"].map(
            (power) => [`alter role ${name} ${power}`, `alter role ${name} no${power}`, { excess: [power] }] as const
          )
        ] as const) {
          yield* as(superuser)(execute(change))
          const found: unknown = yield* as(service)(rolePrivileges)
          assert.deepStrictEqual(found, { missing: [], excess: [], ...expected }, change)
          yield* as(superuser)(execute(undo))
        }
        yield* as(superuser)(execute(`grant ${ownerName} to ${name}`))
        assert.include((yield* as(service)(rolePrivileges)).excess, `membership in ${ownerName}`)
      }).pipe(Effect.scoped),
    timeout
  )
})

const clockWithOffset = (offset: number) =>
  Effect.map(Clock.Clock, (clock) =>
    Object.assign(Object.create(clock) as Clock.Clock, {
      currentTimeMillisUnsafe: () => Date.now() + offset,
      currentTimeMillis: Effect.sync(() => Date.now() + offset)
    })
  )

describe("Readiness", () => {
  it.live("fails while the database's clock differs by more than the tolerance", () =>
    Effect.gen(function* () {
      const client = PostgresDatabase.layerDirect(TestDatabase.settings, Redacted.make(yield* TestDatabase.make))
      const auth = Layer.mock(Auth, { ready: Effect.void, verifyCached: () => undefined })
      const { checks } = yield* Effect.map(
        Layer.build(Layer.provide(readinessLayer(TestDatabase.settings), [client, auth])),
        Context.get(Readiness)
      )
      for (const [offset, status] of [
        [-3_600_000, "failing"],
        [-45_000, "failing"],
        [0, "ok"],
        [45_000, "failing"]
      ] as const) {
        const { database } = yield* Effect.provideServiceEffect(checks, Clock.Clock, clockWithOffset(offset))
        assert.strictEqual(database?.status, status, String(offset))
        if (status === "failing") {
          assert.match(database?.reason ?? "", /^the clocks of the database and of the service differ by \d+ s$/)
        }
      }
    }).pipe(Effect.scoped)
  )

  it.live("fails while the database is read-only", () =>
    Effect.gen(function* () {
      const url = new URL(yield* TestDatabase.make)
      url.searchParams.set("options", "-c default_transaction_read_only=on")
      const client = PostgresDatabase.layerDirect(TestDatabase.settings, Redacted.make(url.href.replaceAll("+", "%20")))
      const auth = Layer.mock(Auth, { ready: Effect.void, verifyCached: () => undefined })
      const { checks } = yield* Effect.map(
        Layer.build(Layer.provide(readinessLayer(TestDatabase.settings), [client, auth])),
        Context.get(Readiness)
      )
      assert.match((yield* checks).database?.reason ?? "", /^the database is read-only/)
    }).pipe(Effect.scoped)
  )
})
