import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ProjectId } from "../../src/domain/Project.ts"
import { TagId } from "../../src/domain/Tag.ts"
import { TaskId } from "../../src/domain/Task.ts"
import { UserId } from "../../src/domain/User.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { repositories } from "../support/HttpTestClient.ts"
import { AdminSql, layerPg } from "../support/TestDatabase.ts"
import { sentBy } from "./plans/Explain.ts"

const owner = UserId.make("many")
const id = (n: number) => TaskId.make(`019c2f7e-0000-7000-8000-${String(n).padStart(12, "0")}`)

/** A user with many rows in each table among 3,000 users with one, and the statistics of these tables. */
const fill = Effect.gen(function* () {
  const sql = yield* AdminSql
  yield* sql`
    insert into task (user_id, id, title)
    select 'one-' || n, gen_random_uuid(), 't' from generate_series(1, 3000) as n
  `
  yield* sql`insert into task (user_id, id, title) values (${owner}, ${id(0)}, 'parent'), (${owner}, ${id(1000)}, 'alone')`
  yield* sql`
    insert into task (user_id, id, title, parent_id)
    select ${owner}, ('019c2f7e-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 't', ${id(0)}
    from generate_series(1, 300) as n
  `
  const user = sql.literal("case when n <= 3000 then 'one-' || n else 'many' end")
  const key = sql.literal("('019c2f7e-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid")
  for (const table of ["project", "tag"]) {
    yield* sql`
      insert into ${sql(table)} (user_id, id, name) select ${user}, ${key}, 'n' || n from generate_series(1, 3300) as n
    `
  }
  yield* sql`insert into task_tag (user_id, task_id, tag_id)
    select task.user_id, task.id, tag.id from task join tag using (user_id)
    where task.user_id <> ${owner} or task.title = 't' and right(task.id::text, 2) = right(tag.id::text, 2)`
  yield* sql`analyze`
})

// A plan that PostgreSQL keeps is for any user. Of these, it is for one with a single task.
const services = Layer.effectDiscard(fill).pipe(
  Layer.provideMerge(repositories),
  Layer.provideMerge(Layer.merge(layerPg, NodeCrypto.layerSecureRandom))
)

layer(services, { excludeTestServices: true, timeout: 120_000 })("Where most users have one task", (it) => {
  it.effect("a row of a user with many is found by the primary key", () =>
    Effect.gen(function* () {
      const [sql, tasks] = [yield* AdminSql, yield* TaskRepo]
      const [projects, tags] = [yield* ProjectRepo, yield* TagRepo]
      for (const [effect, ...indexes] of [
        [tasks.find(owner, id(7)), "task_pkey", "task_tag_pkey"],
        [tasks.update(owner, id(7), { title: "u" }, undefined), "task_pkey"],
        [projects.find(owner, ProjectId.make(id(3100))), "project_pkey"],
        [tags.find(owner, TagId.make(id(3100))), "tag_pkey"]
      ] as const) {
        const [statement] = yield* sentBy<unknown, unknown>(effect)
        const { parameters, text } = statement ?? assert.fail("no statement")
        const explained = Effect.gen(function* () {
          yield* sql`set local plan_cache_mode = force_generic_plan`
          yield* sql.unsafe(`prepare any_values as ${text}`).unprepared
          const values = parameters.map((value) => `'${value}'`).join()
          const plan = yield* sql.unsafe(`explain execute any_values(${values})`).unprepared
          yield* sql`deallocate any_values`
          return JSON.stringify(plan)
        })
        const plan = yield* sql.withTransaction(explained)
        assert.deepStrictEqual(
          Array.from(plan.matchAll(/ using (\w+)/g), ([, index]) => index),
          indexes
        )
      }
    })
  )

  it.effect("a new parent is checked without reading the other subtasks of the user", () =>
    Effect.gen(function* () {
      const sql = yield* AdminSql
      const rowsRead = Effect.map(
        sql<{ rows: number }>`
          select (seq_tup_read + idx_tup_fetch)::integer as rows from pg_stat_xact_user_tables where relname = 'task'
        `,
        ([counts]) => counts?.rows ?? assert.fail("no counts")
      )
      const read = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`set local plan_cache_mode = force_generic_plan`
          const before = yield* rowsRead
          yield* sql`update task set parent_id = ${id(0)} where user_id = ${owner} and id = ${id(1000)}`
          return (yield* rowsRead) - before
        })
      )
      assert.isBelow(read, 30)
    })
  )
})
