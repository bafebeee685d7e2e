import { describe, it } from "@effect/vitest"
import { Effect, Layer, Random, Redacted } from "effect"
import type { Database } from "../../src/database/Database.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { repositories } from "../support/HttpTestClient.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"
import { converge, type OnProcess } from "./changes/Model.ts"

const seeds = Array.from({ length: byTier(3, 20) }, (_, n) => `seed ${n + 1}`)
const timeout = 300_000

const start = <E>(database: Layer.Layer<Database, E>) =>
  Effect.map(
    Layer.build(Layer.provide(repositories, database)),
    (context): OnProcess =>
      (effect) =>
        Effect.provide(effect, context)
  )

const settings = { ...TestDatabase.settings, DATABASE_POOL_MAX: 10 }

describe("Clients that follow the feed", () => {
  it.live.each(seeds)(
    "have what the account has, on PostgreSQL with two processes, %s",
    (seed) =>
      Effect.gen(function* () {
        const url = yield* TestDatabase.make
        const process = start(PostgresDatabase.layer(settings, Redacted.make(url)))
        yield* converge([yield* process, yield* process], 400)
      }).pipe(Random.withSeed(seed), Effect.scoped),
    timeout
  )

  it.live.each(seeds)(
    "have what the account has, on PGlite, %s",
    (seed) =>
      Effect.gen(function* () {
        yield* converge([yield* start(TestDatabase.layerEmbedded)], 200)
      }).pipe(Random.withSeed(seed), Effect.scoped),
    timeout
  )
})
