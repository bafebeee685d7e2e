import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Redacted, Result } from "effect"
import { SqlClient } from "effect/sql"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { UserId } from "../../src/domain/User.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { repositories } from "../support/HttpTestClient.ts"
import { until } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

/** Another client of the same database. */
class Other extends Context.Service<Other, SqlClient.SqlClient>()("test/Other") {}

const services = Layer.unwrap(
  Effect.map(TestDatabase.make, (url) =>
    repositories.pipe(
      Layer.provideMerge(
        PostgresDatabase.layer({ ...TestDatabase.settings, DATABASE_POOL_MAX: 10 }, Redacted.make(url))
      ),
      Layer.merge(
        Layer.effect(Other, SqlClient.SqlClient).pipe(Layer.provide(PgClient.layer({ url: Redacted.make(url) })))
      )
    )
  )
).pipe(Layer.orDie)

/** Waits until this many sessions wait for a lock. */
const waiting = Effect.fnUntraced(function* (count: number) {
  const sql = yield* Other
  const blocked = sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  `
  yield* until(async () => (await Effect.runPromise(blocked)).length >= count)
})

const owner = UserId.make("writer")

layer(services, { excludeTestServices: true, timeout: 60_000 })("Concurrent writes", (it) => {
  it.effect("leave the tags of the later of two changes of a task", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepo
      const tags = yield* TagRepo
      const sql = yield* Other
      const names = ["a", "b"]
      const made = yield* Effect.forEach(names, (name) => tags.create(owner, { name }))
      const { id } = yield* tasks.create(owner, { title: "t" })
      // Both wait for the lock, so that they go on at the same time.
      const changes = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`select from task where id = ${id} for update`
          return yield* Effect.forEach(made, (tag, n) =>
            Effect.tap(Effect.forkDetach(tasks.update(owner, id, { tag_ids: [tag.id] }, undefined)), () =>
              waiting(n + 1)
            )
          )
        })
      )
      const results = yield* Fiber.joinAll(changes)
      const [last] = results.toSorted((a, b) => b.version - a.version)
      assert.deepStrictEqual((yield* tasks.find(owner, id)).tag_ids, last?.tag_ids)
      assert.lengthOf(last?.tag_ids ?? [], 1)
    })
  )

  it.effect(
    "do not fail when a project or tag is deleted while tasks are created in it",
    () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const projects = yield* ProjectRepo
        const tags = yield* TagRepo
        const sql = yield* Other
        for (let n = 0; n < 30; n++) {
          const project = yield* projects.create(owner, { name: "p" })
          const tag = yield* tags.create(owner, { name: `tag ${n}` })
          const create = tasks.create(owner, { title: "t", project_id: project.id, tag_ids: [tag.id] })
          const task = yield* create
          const [created, retagged] = yield* Effect.all(
            [
              Effect.result(create),
              Effect.result(tasks.update(owner, task.id, { tag_ids: [tag.id], project_id: project.id }, undefined)),
              projects.remove(owner, project.id, undefined),
              tags.remove(owner, tag.id, undefined)
            ],
            { concurrency: "unbounded" }
          )
          const outcomes: ReadonlyArray<Result.Result<unknown, { readonly _tag: string }>> = [created, retagged]
          for (const outcome of outcomes) {
            if (Result.isFailure(outcome)) assert.strictEqual(outcome.failure._tag, "UnknownReference")
          }
          // What a client was told before is not changed without a new version.
          if (Result.isSuccess(created)) {
            const now = yield* tasks.find(owner, created.success.id)
            assert.deepInclude(now, { project_id: null, tag_ids: [] })
            assert.isAbove(now.version, created.success.version)
          }
        }
        assert.deepStrictEqual(yield* sql`select from task where user_id = ${owner} and project_id is not null`, [])
      }),
    60_000
  )

  it.effect("free a task that was written while the deletion of its project waited for it", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepo
      const projects = yield* ProjectRepo
      const sql = yield* Other
      const project = yield* projects.create(owner, { name: "p" })
      const [removal, id] = yield* sql.withTransaction(
        Effect.gen(function* () {
          const [row] = yield* sql<{ id: typeof project.id }>`
            insert into task (user_id, id, title, project_id) values (${owner}, gen_random_uuid(), 't', ${project.id})
            returning id
          `
          const removal = yield* Effect.forkDetach(projects.remove(owner, project.id, undefined))
          yield* waiting(1)
          return [removal, row?.id ?? assert.fail("no row")] as const
        })
      )
      yield* Fiber.join(removal)
      assert.deepInclude(yield* tasks.find(owner, id as never), { project_id: null, version: 2 })
    })
  )
})
