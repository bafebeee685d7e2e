import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { repositories } from "./HttpTestClient.ts"
import { until } from "./Process.ts"
import * as TestDatabase from "./TestDatabase.ts"

/** Another client of the database, to hold locks that a repository waits for. */
export class OtherClient extends Context.Service<OtherClient, SqlClient.SqlClient>()("test/OtherClient") {}

/** The repositories on a database of their own, and another client of it. */
export const repositoriesWithOtherClient = Layer.unwrap(
  Effect.map(TestDatabase.make, (text) => {
    const url = Redacted.make(text)
    const other = Layer.effect(OtherClient, SqlClient.SqlClient).pipe(Layer.provide(PgClient.layer({ url })))
    return repositories.pipe(
      Layer.provideMerge(PostgresDatabase.layer({ ...TestDatabase.settings, DATABASE_POOL_MAX: 10 }, url)),
      Layer.merge(other)
    )
  })
).pipe(Layer.orDie)

/** Waits until this many sessions wait for a lock. */
export const lockWaits = Effect.fnUntraced(function* (count = 1) {
  const sql = yield* OtherClient
  const blocked = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  yield* until(async () => (await Effect.runPromise(blocked)).length >= count)
})
