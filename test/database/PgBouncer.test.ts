import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "../../src/database/Database.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { UserId } from "../../src/domain/User.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { repositories } from "../support/HttpTestClient.ts"
import * as PgBouncer from "../support/PgBouncer.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const timeout = 60_000
const users = Array.from({ length: 8 }, (_, n) => UserId.make(`user ${n}`))

/** What a service does for one user: single statements, transactions, searches and errors. */
const work = Effect.fnUntraced(function* (owner: UserId) {
  const tasks = yield* TaskRepo
  const responses = yield* IdempotencyRepo
  for (let n = 0; n < 20; n++) {
    const { id } = yield* tasks.create(owner, { title: `task ${n}` })
    assert.strictEqual((yield* tasks.find(owner, id)).user_id, owner)
    assert.strictEqual((yield* tasks.update(owner, id, { status: "completed" }, [1])).version, 2)
    assert.strictEqual((yield* Effect.flip(tasks.update(owner, id, { title: "u" }, [1])))._tag, "VersionConflict")
    const request = Effect.as(tasks.bulk(owner, [{ op: "delete", id }]), { status: 200, headers: {}, body: "" })
    assert.isFalse((yield* responses.runOnce(owner, `key ${n}`, "f", request)).replayed)
    assert.isTrue((yield* responses.runOnce(owner, `key ${n}`, "f", request)).replayed)
    yield* tasks.list(owner, { status: ["pending"], q: "task", count: "exact" })
  }
  assert.lengthOf((yield* tasks.list(owner, {})).items, 0)
})

const settingsWith = (rls: "on" | "off", direct: string) => ({
  ...TestDatabase.settings,
  DATABASE_POOL_MAX: 10,
  DATABASE_RLS: rls,
  DATABASE_DIRECT_URL: Redacted.make(direct)
})

// The roles of row-level security cannot be made on a server that is not ours.
describe.runIf(PgBouncer.isAvailable && process.env.TEST_DATABASE_URL === undefined)(
  "Behind PgBouncer in transaction mode",
  () => {
    it.live.each(["off", "on"] as const)(
      "the repositories work for concurrent users with row-level security %s",
      (rls) =>
        Effect.gen(function* () {
          const { service, superuser } = yield* TestDatabase.makeWithRls
          if (rls === "off") {
            yield* Effect.flatMap(SqlClient.SqlClient, (sql) =>
              Effect.forEach(
                [
                  "account",
                  "task",
                  "task_tag",
                  "task_completion",
                  "tag",
                  "project",
                  "idempotency_key",
                  "deletion",
                  "event_ticket",
                  "account_usage"
                ],
                (table) => sql.unsafe(`alter table ${table} disable row level security`)
              )
            ).pipe(Effect.provide(PostgresDatabase.layerDirect(TestDatabase.settings, Redacted.make(superuser))))
          }
          const url = yield* PgBouncer.start(service)
          const layer = repositories.pipe(
            Layer.provideMerge(PostgresDatabase.layer(settingsWith(rls, service), Redacted.make(url))),
            Layer.provide(NodeCrypto.layerSecureRandom)
          )
          yield* Effect.gen(function* () {
            yield* Effect.forEach(users, work, { concurrency: "unbounded", discard: true })
            const db = yield* Database
            const text = "select current_setting('tasks.user_id', true) as name, $1 as owner"
            const seen = yield* Effect.forEach(users, (owner) => db.query<{ name: string | null }>(owner, text), {
              concurrency: "unbounded"
            })
            assert.deepStrictEqual(
              seen.map(([row]) => row?.name || null),
              users.map((owner) => (rls === "on" ? owner : null))
            )
          }).pipe(Effect.provide(layer))
        }).pipe(Effect.scoped),
      timeout
    )
  }
)
