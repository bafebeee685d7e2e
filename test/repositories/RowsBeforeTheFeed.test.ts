import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Random, Record, Redacted } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import * as Migrations from "../../src/database/Migrations.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { TagId } from "../../src/domain/Tag.ts"
import { TaskId } from "../../src/domain/Task.ts"
import { UserId } from "../../src/domain/User.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { repositories } from "../support/HttpTestClient.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import { Replica, settled, sorted } from "./changes/Model.ts"

const owner = UserId.make("ada")
const timeout = 120_000

/** The schema before the feed, with rows of two users in every table. */
const before = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const loader = Migrator.fromRecord(
    Record.map(
      Record.filter(migrations, (_, name) => Migrations.numberOf(name) < 5),
      (migration) => migration.default
    )
  )
  yield* Migrator.make({})({ loader, table: "schema_migration" })
  for (const user of [owner, "bob"]) {
    yield* sql`insert into project (user_id, id, name) select ${user}, gen_random_uuid(), 'p' || n from generate_series(1, 30) n`
    yield* sql`insert into tag (user_id, id, name) select ${user}, gen_random_uuid(), 't' || n from generate_series(1, 30) n`
    yield* sql`
      insert into task (user_id, id, title, deleted_at)
      select ${user}, gen_random_uuid(), 'task ' || n, case when n % 10 = 0 then now() end from generate_series(1, 1500) n
    `
    yield* sql`delete from tag where user_id = ${user} and name = 't30'`
  }
})

describe("Rows that are older than the feed", () => {
  it.live(
    "all come in the pages of a client that begins, while they are changed and deleted between the pages",
    () =>
      Effect.gen(function* () {
        const url = yield* TestDatabase.makeEmpty
        const direct = PostgresDatabase.layerDirect(TestDatabase.settings, Redacted.make(url))
        yield* Effect.provide(before, direct)
        yield* Effect.provide(Migrations.apply, direct)
        const services = Layer.provideMerge(
          repositories,
          PostgresDatabase.layer(TestDatabase.settings, Redacted.make(url))
        )

        yield* Effect.gen(function* () {
          const [tasks, tags] = [yield* TaskRepo, yield* TagRepo]
          const [projects, trash] = [yield* ProjectRepo, yield* TrashRepo]
          // Not touched: all of its rows have the number 0 to the last page.
          const still = new Replica(UserId.make("bob"))
          const replica = new Replica(owner)
          const sql = yield* SqlClient.SqlClient
          const anyOf = Effect.fnUntraced(function* (table: "tag" | "task") {
            const rows = yield* sql<{ id: string }>`select id from ${sql(table)} where user_id = ${owner} order by id`
            return rows[yield* Random.nextIntBetween(0, rows.length - 1)]?.id ?? assert.fail("no row")
          })
          let pages = 0
          for (let hasMore = true; hasMore; pages++) {
            hasMore = yield* replica.pull(100)
            yield* still.pull(100)
            if (pages > 15) continue
            yield* Effect.ignore(
              tasks.update(owner, TaskId.make(yield* anyOf("task")), { title: `new ${pages}` }, undefined)
            )
            yield* Effect.ignore(tasks.remove(owner, TaskId.make(yield* anyOf("task")), undefined))
            yield* Effect.ignore(trash.restore(owner, TaskId.make(yield* anyOf("task"))))
            yield* Effect.ignore(tags.remove(owner, TagId.make(yield* anyOf("tag")), undefined))
            yield* projects.create(owner, { name: `new ${pages}` })
          }
          assert.isAbove(pages, 15)
          while (yield* still.pull(100));
          for (const client of [replica, still]) {
            const { expected, rows } = yield* settled(client)
            assert.isAbove(expected.size, 1000)
            assert.deepStrictEqual(sorted(rows), sorted(expected))
          }
          // With the cursor of the end, only what changes afterwards comes.
          yield* tags.create(still.owner, { name: "after" })
          const { rows } = yield* settled(still)
          assert.strictEqual(rows.size, 30 + 30 + 1500)
        }).pipe(Effect.provide(services))
      }).pipe(Random.withSeed("rows before the feed"), Effect.scoped),
    timeout
  )
})
