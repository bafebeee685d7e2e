import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import * as Migrations from "../../src/database/Migrations.ts"

/** Migrates the template database, of which every test file gets a copy. */
export const migrateTemplate = (url: string): Promise<void> =>
  Migrations.apply.pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.asVoid,
    Effect.runPromise
  )
