import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import * as Migrations from "../../src/database/Migrations.ts"

/** Brings the database that every test file gets a copy of up to date. */
export const migrateTemplate = (url: string): Promise<void> =>
  Migrations.apply.pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.asVoid,
    Effect.runPromise
  )
