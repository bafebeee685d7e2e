import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"

const expired = byTier(20_000, 1_000_000)
const kept = 10
const workers = 4
const users = 50

const addRows = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.gen(function* () {
    yield* sql`
      insert into idempotency_key (user_id, key, fingerprint, status, headers, body, created_at)
      select 'user-' || n % ${users}, n, 'f', 201, '{}', '{}',
        now() - case when n > ${kept} then interval '25 hours' else interval '0' end
      from generate_series(1, ${expired + kept}::int) as n
    `
    yield* sql`
      insert into task (user_id, id, title, deleted_at)
      select 'user-' || n % ${users}, gen_random_uuid(), 't',
        now() - case when n > ${kept} then interval '31 days' else interval '0' end
      from generate_series(1, ${expired / 10 + kept}::int) as n
    `
  })
)

describe("Purges", () => {
  it.live("four processes at once delete every expired row, each once, in batches within the query timeout", () =>
    Effect.gen(function* () {
      const url = Redacted.make(yield* TestDatabase.make)
      yield* Effect.provide(addRows, PostgresDatabase.layerDirect(TestDatabase.settings, url))
      const worker = Effect.gen(function* () {
        const repositories = Layer.mergeAll(IdempotencyRepo.layer, TrashRepo.layer).pipe(
          Layer.provideMerge(PostgresDatabase.layer(TestDatabase.settings, url)),
          Layer.provide(NodeCrypto.layerSecureRandom)
        )
        // Not the same layers: each process has its own connections.
        const services = yield* Layer.build(Layer.fresh(repositories))
        const purges = [Context.get(services, IdempotencyRepo).purge, Context.get(services, TrashRepo).purge]
        return yield* Effect.all(purges, { concurrency: "unbounded" })
      })
      const purged = yield* Effect.all(
        Array.from({ length: workers }, () => worker),
        { concurrency: "unbounded" }
      )
      const total = (n: number) => purged.reduce((sum, counts) => sum + (counts[n] ?? 0), 0)
      assert.strictEqual(total(0), expired)
      assert.strictEqual(total(1), expired / 10)
      const [left] = yield* Effect.flatMap(
        SqlClient.SqlClient,
        (sql) => sql<Record<string, number>>`
          select
            (select count(*)::int from idempotency_key) as keys,
            (select count(*)::int from task) as tasks,
            (select sum(amount)::int from account_usage where kind = 'task') as counted
        `
      ).pipe(Effect.provide(PostgresDatabase.layerDirect(TestDatabase.settings, url)))
      assert.deepStrictEqual({ ...left }, { keys: kept, tasks: kept, counted: kept })
    }).pipe(Effect.scoped)
  )
})
