import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

const bulk = Effect.fnUntraced(function* (as: string, operations: ReadonlyArray<unknown>, headers = {}) {
  const request = yield* HttpTestClient
  return yield* request("POST", "/api/tasks/bulk", { as, headers, body: { operations } })
})

const list = Effect.fnUntraced(function* (as: string) {
  const request = yield* HttpTestClient
  return (yield* request("GET", "/api/tasks?sort=position&limit=200", { as })).body
})

const create = (title: string, more = {}) => ({ op: "create", task: { title, ...more } })

describe.each(all)("POST /api/tasks/bulk on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("applies operations in order and returns one result each", () =>
      Effect.gen(function* () {
        const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
        const { body, status } = yield* bulk("ada", [
          create("a", { id, priority: "low" }),
          create("b"),
          { op: "update", id, version: 1, change: { status: "completed" } },
          { op: "update", id, change: { title: "A" } }
        ])
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(
          body.results.map(({ title, version }: { title: string; version: number }) => `${title} ${version}`),
          ["a 1", "b 1", "a 2", "A 3"]
        )
        assert.deepStrictEqual(yield* list("ada"), [body.results[3], body.results[1]])
        const gone = yield* bulk("ada", [{ op: "delete", id, version: 3 }, create("c")])
        assert.isNull(gone.body.results[0])
        assert.deepStrictEqual(
          (yield* list("ada")).map(({ title }: { title: string }) => title),
          ["b", "c"]
        )
      })
    )

    it.effect("applies nothing when one operation fails, and names it by its index", () =>
      Effect.gen(function* () {
        const first = yield* bulk("bob", [create("stays")])
        const [task] = first.body.results
        const nowhere = "019c2f7e-0000-7000-8000-000000000000"
        for (const [operation, expected] of [
          [create("again", { id: task.id }), { status: 409, code: "TASK_ALREADY_EXISTS", index: 1, current: task }],
          [
            { op: "update", id: task.id, version: 7, change: {} },
            { status: 412, code: "TASK_VERSION_CONFLICT", index: 1, current: task }
          ],
          [
            { op: "delete", id: task.id, version: 7 },
            { status: 412, code: "TASK_VERSION_CONFLICT", index: 1, current: task }
          ],
          [
            { op: "update", id: nowhere, change: {} },
            { status: 422, pointer: "/body/operations/1/id" }
          ],
          [
            { op: "delete", id: nowhere },
            { status: 422, pointer: "/body/operations/1/id" }
          ],
          [create("t", { project_id: nowhere }), { status: 422, pointer: "/body/operations/1/task/project_id" }],
          [
            { op: "update", id: task.id, change: { tag_ids: [nowhere] } },
            { status: 422, pointer: "/body/operations/1/change/tag_ids" }
          ],
          [create(""), { status: 422, pointer: "/body/operations/1/task/title" }]
        ] as const) {
          const { body } = yield* bulk("bob", [create("must not stay"), operation, create("nor this")])
          const { pointer, ...rest } = { pointer: undefined, ...expected }
          assert.deepInclude(body, rest)
          assert.strictEqual(body.errors?.[0].pointer, pointer)
          assert.deepStrictEqual(yield* list("bob"), [task])
        }
      })
    )

    it.effect("accepts 1 to 100 operations", () =>
      Effect.gen(function* () {
        for (const [count, status] of [
          [0, 422],
          [1, 200],
          [100, 200],
          [101, 422]
        ] as const) {
          const operations = Array.from({ length: count }, (_, n) => create(`t${n}`))
          assert.strictEqual((yield* bulk("carol", operations)).status, status, String(count))
        }
        assert.lengthOf(yield* list("carol"), 101)
      })
    )

    it.effect("does not reach another user's tasks", () =>
      Effect.gen(function* () {
        const [task] = (yield* bulk("dan", [create("his")])).body.results
        for (const operation of [
          { op: "update", id: task.id, change: { title: "hers" } },
          { op: "delete", id: task.id, version: 1 }
        ]) {
          assert.strictEqual((yield* bulk("eve", [operation])).status, 422)
        }
        assert.deepStrictEqual(yield* list("dan"), [task])
      })
    )

    it.effect("applies its operations once for an Idempotency-Key", () =>
      Effect.gen(function* () {
        const key = { "idempotency-key": "bulk" }
        const first = yield* bulk("fay", [create("a"), create("b")], key)
        const again = yield* bulk("fay", [create("a"), create("b")], key)
        assert.deepStrictEqual(again.body, first.body)
        assert.lengthOf(yield* list("fay"), 2)
      })
    )
  })
})
