import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import * as RowSecurity from "../../src/database/RowSecurity.ts"
import { makeWithRls, settings } from "../support/TestDatabase.ts"

const timeout = 300_000

const tables = [
  "account",
  "account_usage",
  "deletion",
  "event_ticket",
  "idempotency_key",
  "project",
  "tag",
  "task",
  "task_completion",
  "task_tag"
]

const as =
  (url: string) =>
  <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    Effect.provide(effect, PostgresDatabase.layerDirect(settings, Redacted.make(url)))

// The role of TEST_DATABASE_URL may not be allowed to create roles.
describe.skipIf(process.env.TEST_DATABASE_URL)("RowSecurity", () => {
  it.live(
    "check reports row-level security that does not match the setting",
    () =>
      Effect.gen(function* () {
        const { owner, service, superuser } = yield* makeWithRls
        const [on, off] = [RowSecurity.check(true), RowSecurity.check(false)]
        const inForce = [`it is in force on ${tables.join(", ")}, but DATABASE_RLS is off`]
        const notInForce = `it is not in force on ${tables.join(", ")}: run tasks migrate`
        const passedBy = "it does not hold for the role of DATABASE_URL: serve with another"

        for (const role of [service, owner]) assert.deepStrictEqual(yield* as(role)(on), [])
        assert.deepStrictEqual(yield* as(superuser)(on), [passedBy])
        for (const role of [service, owner, superuser]) assert.deepStrictEqual(yield* as(role)(off), inForce)

        assert.deepStrictEqual(yield* as(owner)(RowSecurity.apply(false)), tables)
        assert.deepStrictEqual(yield* as(service)(on), [notInForce])
        assert.deepStrictEqual(yield* as(superuser)(on), [notInForce, passedBy])
        for (const role of [service, owner, superuser]) assert.deepStrictEqual(yield* as(role)(off), [])

        // Not on the owner too, or on one table not at all: that is neither on nor off.
        yield* as(owner)(RowSecurity.apply(true))
        yield* as(owner)(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`alter table tag no force row level security`))
        assert.deepStrictEqual(yield* as(service)(on), ["it is not in force on tag: run tasks migrate"])
        yield* as(owner)(RowSecurity.apply(true))
        yield* as(owner)(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`alter table tag disable row level security`))
        assert.deepStrictEqual(yield* as(service)(on), ["it is not in force on tag: run tasks migrate"])
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "apply changes the tables once when several processes run it, and only as their owner",
    () =>
      Effect.gen(function* () {
        const { owner, service } = yield* makeWithRls
        const refused = yield* Effect.flip(as(service)(RowSecurity.apply(false)))
        assert.strictEqual(refused._tag, "SqlError")
        const aligned = yield* Effect.all(
          [1, 2, 3].map(() => as(owner)(RowSecurity.apply(false))),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(
          aligned.toSorted((a, b) => b.length - a.length),
          [tables, [], []]
        )
        assert.deepStrictEqual(yield* as(owner)(RowSecurity.apply(false)), [])
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "disableForOwner lets a migration see all rows, while the service sees none",
    () =>
      Effect.gen(function* () {
        const { owner, service, superuser } = yield* makeWithRls
        const count = Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql<{ count: number }>`select count(*)::int as count from tag`
        )
        const insert = Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql`insert into tag (user_id, id, name) values ('ada', gen_random_uuid(), 'red')`
        )
        yield* as(superuser)(insert)
        assert.deepStrictEqual(yield* as(owner)(count), [{ count: 0 }])
        yield* as(owner)(RowSecurity.disableForOwner)
        assert.deepStrictEqual(yield* as(owner)(count), [{ count: 1 }])
        assert.deepStrictEqual(yield* as(service)(count), [{ count: 0 }])
        assert.deepStrictEqual(yield* as(owner)(RowSecurity.apply(true)), tables)
        assert.deepStrictEqual(yield* as(owner)(count), [{ count: 0 }])
      }).pipe(Effect.scoped),
    timeout
  )
})
