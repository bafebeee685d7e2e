import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { ada } from "../support/TestAuth.ts"
import { databases } from "../support/TestDatabase.ts"

describe.each(databases)("Due dates on %s", (_, database) => {
  const services = Layer.provideMerge(TaskRepo.layer, Layer.merge(database, NodeCrypto.layerSecureRandom))

  layer(services, { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("are stored as given in each of the three kinds, and cleared", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const zoned = { date: "2026-10-25", time: "02:30", time_zone: "Europe/Berlin" }
        for (const [due, due_at] of [
          [{ date: "2026-12-01" }, null],
          [{ date: "2026-12-01", time: "09:00" }, null],
          [zoned, "2026-10-25T00:30:00.000Z"],
          [{ ...zoned, date: "2026-03-29" }, "2026-03-29T01:30:00.000Z"],
          [{ date: "2026-12-01", time: "09:00:30.500", time_zone: "UTC" }, "2026-12-01T09:00:30.500Z"]
        ] as const) {
          const created = yield* tasks.create(ada, { title: "t", due })
          assert.deepStrictEqual([created.due, created.due_at], [due, due_at])
          assert.deepStrictEqual(yield* tasks.find(ada, created.id), created)
          const renamed = yield* tasks.update(ada, created.id, { title: "u" }, undefined)
          assert.deepStrictEqual([renamed.due, renamed.due_at], [due, due_at])
          const cleared = yield* tasks.update(ada, created.id, { due: null }, undefined)
          assert.deepStrictEqual([cleared.due, cleared.due_at], [null, null])
        }
      })
    )

    it.effect("are in UTC where a version that knows due_at alone wrote them, before or since", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const sql = yield* SqlClient.SqlClient
        const write = (id: string, due_at: string | null) =>
          sql`update task set due_at = ${due_at} where user_id = ${ada} and id = ${id}`
        for (const due of [
          null,
          { date: "2026-12-01" },
          { date: "2026-12-01", time: "09:00", time_zone: "Asia/Kolkata" }
        ]) {
          const { id } = yield* tasks.create(ada, { title: "t", due })
          for (const [due_at, time] of [
            ["2026-11-21T17:00:00.000Z", "17:00"],
            ["2026-11-21T17:00:05.000Z", "17:00:05"],
            ["2026-11-21T17:00:00.007Z", "17:00:00.007"]
          ] as const) {
            yield* write(id, due_at)
            const task = yield* tasks.find(ada, id)
            assert.deepStrictEqual([task.due, task.due_at], [{ date: "2026-11-21", time, time_zone: "UTC" }, due_at])
          }
          yield* write(id, null)
          const task = yield* tasks.find(ada, id)
          assert.deepStrictEqual([task.due, task.due_at], [null, null])
        }
      })
    )
  })
})
