import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, layer } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Redacted } from "effect"
import * as PostgresDatabase from "../../../src/database/PostgresDatabase.ts"
import { TaskId } from "../../../src/domain/Task.ts"
import { ChangesRepo } from "../../../src/repositories/ChangesRepo.ts"
import { TaskRepo } from "../../../src/repositories/TaskRepo.ts"
import * as LargeDataset from "../../support/LargeDataset.ts"
import { settings } from "../../support/TestDatabase.ts"
import { costs } from "./Costs.ts"
import { explain, list, sentBy, undone } from "./Explain.ts"
import { buffersOfRow, listPlans } from "./ListPlans.ts"

// The tests measure work, not time, so that they pass on a busy machine.
const queryTimeout = Duration.minutes(1)

// One connection for transactions, so that its prepared statements can be listed.
const servicesOn = (url: string) => {
  const limits = { DATABASE_POOL_MIN: 1, DATABASE_POOL_MAX: 3, DATABASE_QUERY_TIMEOUT: queryTimeout }
  return Layer.merge(TaskRepo.layer, ChangesRepo.layer).pipe(
    Layer.provideMerge([
      PostgresDatabase.layer({ ...settings, ...limits }, Redacted.make(url)),
      NodeCrypto.layerSecureRandom
    ]),
    Layer.orDie
  )
}

/** The URL of a database with few users. */
class Few extends Context.Service<Few, string>()("test/repo/Few") {}

const services = (size: LargeDataset.Size) =>
  Layer.unwrap(
    Effect.map(LargeDataset.start(size), ({ few, url }) => Layer.merge(servicesOn(url), Layer.succeed(Few, few)))
  ).pipe(Layer.orDie)

/**
 * What the statements cost among so many tasks, of which one user has a tenth. Where a filter leaves at most `sortable`
 * rows, sorting them may be cheaper than reading the index of the order.
 */
export const planSuite = (size: LargeDataset.Size, sortable = 0) => {
  layer(services(size), { excludeTestServices: true, timeout: 600_000 })(`TaskRepo among ${size.tasks} tasks`, (it) => {
    listPlans(it, size, sortable)

    it.effect("finds, creates, updates and deletes a task by its key", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const { items } = yield* list({ offset: size.big / 2, limit: 1 })
        const [{ id } = assert.fail("no task")] = items
        const links = {
          project_id: LargeDataset.project.common,
          tag_ids: [LargeDataset.tag.common, LargeDataset.tag.rare]
        }
        for (const [about, effect, statements] of [
          ["find", tasks.find(LargeDataset.big, id), 1],
          ["find nothing", tasks.find(LargeDataset.small, id), 1],
          ["create", tasks.create(LargeDataset.big, { title: "New", ...links }), 1],
          ["create what is there", tasks.create(LargeDataset.big, { id, title: "New" }), 2],
          ["update", tasks.update(LargeDataset.big, id, { title: "Changed", ...links }, [1]), 1],
          ["update nothing", tasks.update(LargeDataset.small, id, { title: "Changed" }, undefined), 2],
          ["remove", tasks.remove(LargeDataset.big, id, [1]), 1],
          ["remove nothing", tasks.remove(LargeDataset.big, TaskId.make(LargeDataset.project.rare), "*"), 2]
        ] as const) {
          const sent = yield* sentBy<unknown, unknown>(effect)
          assert.lengthOf(sent, statements, about)
          for (const statement of sent) {
            const plans = yield* explain(statement)
            assert.lengthOf(plans, 2, about)
            for (const plan of plans) {
              assert.deepStrictEqual(plan.sequential, [], about)
              assert.isAtMost(plan.read, 1, about)
              assert.isAtMost(plan.buffers, 150, about)
            }
          }
        }
      })
    )

    it.effect("reads the changes after a cursor, and nothing before it", () =>
      undone(
        Effect.gen(function* () {
          const [tasks, changes] = [yield* TaskRepo, yield* ChangesRepo]
          const { items } = yield* list({ offset: size.big / 2, limit: 10 })
          yield* Effect.forEach(items, ({ id }) => tasks.update(LargeDataset.big, id, { title: "Changed" }, undefined))
          const since = { epoch: 0, seq: 0 }
          assert.lengthOf((yield* changes.read(LargeDataset.big, since, undefined)).changes, 10)
          for (const [about, effect, rows] of [
            ["ten changes", changes.read(LargeDataset.big, since, undefined), 10],
            ["the first page", changes.read(LargeDataset.big, undefined, undefined), 201],
            ["no change", changes.read(LargeDataset.big, { epoch: 0, seq: 1 }, undefined), 0]
          ] as const) {
            const [statement] = yield* sentBy(effect)
            const plans = yield* explain(statement ?? assert.fail(about))
            assert.lengthOf(plans, 2, about)
            for (const plan of plans) {
              assert.notIncludeMembers(plan.sequential, ["task", "project", "tag"], about)
              assert.isAtMost(plan.read, rows, about)
              assert.isAtMost(plan.buffers, 40 + buffersOfRow * rows, about)
            }
          }
        })
      )
    )

    it.effect("costs a user with many tasks no more than a user with a hundred of ten thousand", () =>
      Effect.gen(function* () {
        const most = 1.2
        const many = yield* costs(size)
        const few = yield* Effect.provide(costs(LargeDataset.few), servicesOn(yield* Few), { local: true })
        for (const [about, { buffers, levels, read }] of Object.entries(many)) {
          const small = few[about] ?? assert.fail(about)
          assert.isAtMost(read, most * small.read, `${about}: rows`)
          // With a hundred times as many rows an index is a level or two deeper. Nothing else may grow.
          assert.isAtMost(buffers - levels, most * (small.buffers - small.levels), `${about}: buffers`)
          assert.isAtMost(levels, 3 * small.levels, `${about}: levels`)
        }
      })
    )
  })
}
