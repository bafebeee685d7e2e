import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Random, Result } from "effect"
import type { Task, TaskId, TaskUpdate } from "../../src/domain/Task.ts"
import { UserId } from "../../src/domain/User.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { lockWaits, OtherClient, repositoriesWithOtherClient } from "../support/OtherClient.ts"
import { byTier } from "../support/Tier.ts"

const owner = UserId.make("writer")

layer(repositoriesWithOtherClient, { excludeTestServices: true, timeout: 60_000 })("Concurrent writes", (it) => {
  it.effect("leave the tags of the later of two changes of a task", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepo
      const tags = yield* TagRepo
      const sql = yield* OtherClient
      const names = ["a", "b"]
      const made = yield* Effect.forEach(names, (name) => tags.create(owner, { name }))
      const { id } = yield* tasks.create(owner, { title: "t" })
      // Both wait for the lock, so that they go on at the same time.
      const changes = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`select from task where id = ${id} for update`
          return yield* Effect.forEach(made, (tag, n) =>
            Effect.tap(Effect.forkDetach(tasks.update(owner, id, { tag_ids: [tag.id] }, undefined)), () =>
              lockWaits(n + 1)
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
        const sql = yield* OtherClient
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
          // A row that a client has read does not change without a new version.
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

  it.effect(
    "leave what the response with the highest version says, for random pairs",
    () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const trash = yield* TrashRepo
        const tags = yield* TagRepo
        const projects = yield* ProjectRepo
        const user = UserId.make("pairs")
        const [red, blue] = yield* Effect.forEach(["red", "blue"], (name) => tags.create(user, { name }))
        const project = yield* projects.create(user, { name: "p" })
        const anchor = yield* tasks.create(user, { title: "anchor" })
        assert(red !== undefined && blue !== undefined)
        const changes: ReadonlyArray<TaskUpdate> = [
          { title: "one" },
          { title: "two", description: "long" },
          { status: "completed" },
          { status: "pending" },
          { tag_ids: [red.id] },
          { tag_ids: [blue.id, red.id] },
          { tag_ids: [] },
          { project_id: project.id },
          { project_id: null },
          { parent_id: anchor.id },
          { parent_id: null },
          { due: { date: "2026-12-01" } }
        ]
        const operations = (id: TaskId, version: number) => [
          ...changes.map((change) => tasks.update(user, id, change, undefined)),
          ...changes.map((change) => tasks.update(user, id, change, [version])),
          tasks.move(user, id, { before: anchor.id }, undefined),
          tasks.move(user, id, { after: anchor.id }, [version]),
          Effect.as(tasks.remove(user, id, undefined), undefined),
          Effect.as(tasks.remove(user, id, [version]), undefined)
        ]
        const expected = ["NotFound", "VersionConflict"]
        for (let n = 0; n < byTier(100, 500); n++) {
          const { id, version } = yield* tasks.create(user, { title: "t", tag_ids: [red.id] })
          const all = operations(id, version)
          const pair = yield* Effect.forEach([1, 2], () => Random.nextIntBetween(0, all.length - 1))
          const outcomes = yield* Effect.forEach(
            pair,
            (k): Effect.Effect<Result.Result<Task | undefined, { readonly _tag: string }>> =>
              Effect.result(all[k] ?? Effect.succeed(undefined)),
            { concurrency: "unbounded" }
          )
          const about = `pair ${n}: ${pair}`
          for (const outcome of outcomes) {
            if (Result.isFailure(outcome)) assert.include(expected, outcome.failure._tag, about)
          }
          const changed = outcomes.flatMap((outcome) => (Result.isSuccess(outcome) ? (outcome.success ?? []) : []))
          const [last] = changed.toSorted((a, b) => b.version - a.version)
          const now = yield* Effect.result(tasks.find(user, id))
          // Both may have changed nothing only where one moved the task to the trash.
          if (Result.isFailure(now)) yield* trash.remove(user, id)
          else {
            assert.deepStrictEqual(now.success, last, about)
            assert.strictEqual(now.success.version, version + changed.length, about)
            yield* tasks.remove(user, id, undefined)
          }
        }
      }).pipe(Random.withSeed("pairs")),
    120_000
  )

  it.effect("free a task that was written while the deletion of its project waited for it", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepo
      const projects = yield* ProjectRepo
      const sql = yield* OtherClient
      const project = yield* projects.create(owner, { name: "p" })
      const [removal, id] = yield* sql.withTransaction(
        Effect.gen(function* () {
          const [row] = yield* sql<{ id: typeof project.id }>`
            insert into task (user_id, id, title, project_id) values (${owner}, gen_random_uuid(), 't', ${project.id})
            returning id
          `
          const removal = yield* Effect.forkDetach(projects.remove(owner, project.id, undefined))
          yield* lockWaits(1)
          return [removal, row?.id ?? assert.fail("no row")] as const
        })
      )
      yield* Fiber.join(removal)
      assert.deepInclude(yield* tasks.find(owner, id as never), { project_id: null, version: 2 })
    })
  )
})
