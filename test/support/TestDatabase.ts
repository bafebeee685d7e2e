import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer, Redacted } from "effect"
import { inject } from "vitest"
import * as Database from "../../src/platform/Database.ts"
import * as EmbeddedDatabase from "../../src/platform/EmbeddedDatabase.ts"
import * as Migrations from "../../src/platform/Migrations.ts"
import * as Settings from "../../src/platform/Settings.ts"
import type {} from "./globalSetup.ts"
import * as PostgresServer from "./PostgresServer.ts"

/** The settings of a service that was given nothing. */
export const settings = Effect.runSync(Settings.read({ DATABASE_POOL_MAX: "4" }))

/** The URL of a fresh copy of the migrated template, dropped with the scope. */
export const make = Effect.suspend(() => {
  const { url, template } = inject("postgres")
  return PostgresServer.createDatabase(url, template)
})

/** The URL of a fresh database with nothing in it, dropped with the scope. */
export const makeEmpty = Effect.suspend(() => PostgresServer.createDatabase(inject("postgres").url))

/** The service's own pool on a fresh, migrated database of a real server. */
export const layerPg = Layer.unwrap(Effect.map(make, (url) => Database.layerPool(settings, Redacted.make(url)))).pipe(
  Layer.orDie
)

/** A directory that is gone when the scope ends. */
export const directory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "effect-tasks-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** The service's own embedded database, fresh and migrated. */
export const layerEmbedded = Layer.unwrap(
  Effect.gen(function* () {
    const stream = yield* EmbeddedDatabase.open(yield* directory)
    return Layer.provideMerge(Layer.effectDiscard(Migrations.apply), Database.layerStream(settings, stream))
  })
).pipe(Layer.orDie)

/** What holds on one must hold on the other. */
export const both = [
  ["PostgreSQL", layerPg],
  ["PGlite", layerEmbedded]
] as const
