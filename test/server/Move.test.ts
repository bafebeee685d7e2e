import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"

interface Task {
  readonly id: string
  readonly title: string
  readonly position: string
  readonly version: number
}

const make = (as: string, titles: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const request = yield* HttpTestClient
    const tasks: Record<string, Task> = {}
    for (const title of titles) tasks[title] = (yield* request("POST", "/api/tasks", { as, body: { title } })).body
    const move = (title: string, to: "before" | "after", other: string) =>
      request("POST", `/api/tasks/${tasks[title]?.id}/move`, { as, body: { [to]: tasks[other]?.id } })
    const order = Effect.map(request("GET", "/api/tasks?sort=position&limit=200", { as }), ({ body }) =>
      body.map(({ title }: Task) => title).join(" ")
    )
    return { tasks, move, order }
  })

describe.each(all)("POST /api/tasks/{task_id}/move on %s", (_, database) => {
  layer(Layer.provideMerge(HttpTestClient.layer, database), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("changes only the moved task; tasks are in order of creation before", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { move, order, tasks } = yield* make("ada", ["a", "b", "c", "d"])
        assert.strictEqual(yield* order, "a b c d")
        const moved = yield* move("d", "before", "b")
        assert.deepInclude(moved.body, { id: tasks.d?.id, version: 2 })
        assert.strictEqual(moved.headers.get("etag"), '"2"')
        assert.strictEqual(yield* order, "a d b c")
        yield* move("a", "after", "c")
        assert.strictEqual(yield* order, "d b c a")
        yield* move("c", "before", "d")
        assert.strictEqual(yield* order, "c d b a")
        yield* move("b", "after", "a")
        assert.strictEqual(yield* order, "c d a b")
        const { body } = yield* request("GET", "/api/tasks", { as: "ada" })
        assert.deepStrictEqual(
          body.map(({ version }: Task) => version),
          [2, 2, 2, 2]
        )
      })
    )

    it.effect("always finds a position between two tasks, and new tasks come last", () =>
      Effect.gen(function* () {
        const { move, order } = yield* make("bob", ["first", "last", ...Array.from({ length: 30 }, (_, n) => `t${n}`)])
        for (let n = 0; n < 30; n++) yield* move(`t${n}`, "after", "first")
        const expected = Array.from({ length: 30 }, (_, n) => `t${29 - n}`)
        assert.strictEqual(yield* order, ["first", ...expected, "last"].join(" "))
        const more = yield* make("bob", ["new"])
        assert.strictEqual(yield* more.order, ["first", ...expected, "last", "new"].join(" "))
      })
    )

    it.effect("gives concurrent moves to the same gap distinct positions", () =>
      Effect.gen(function* () {
        const { move, order } = yield* make("carol", ["a", "z", "1", "2", "3", "4", "5", "6"])
        const answers = yield* Effect.all(
          ["1", "2", "3", "4", "5", "6"].map((title, n) =>
            n % 2 === 0 ? move(title, "after", "a") : move(title, "before", "z")
          ),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(answers.map(({ body }) => body.position)).size, 6)
        const titles = (yield* order).split(" ")
        assert.deepStrictEqual([titles[0], titles[7]], ["a", "z"])
        assert.sameMembers(titles.slice(1, 7), ["1", "2", "3", "4", "5", "6"])
      })
    )

    it.effect("places a task directly beside one of several that share a position", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        const { move, order } = yield* make("dan", ["a", "b", "c", "d"])
        yield* sql`update task set position = 'a5' where user_id = 'dan' and title in ('a', 'b', 'c')`
        assert.strictEqual((yield* move("d", "before", "b")).status, 200)
        assert.strictEqual(yield* order, "a d b c")
        assert.strictEqual((yield* move("d", "after", "b")).status, 200)
        assert.strictEqual(yield* order, "a b d c")
      })
    )

    it.effect("checks If-Match and the task to move to", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { move, tasks } = yield* make("eve", ["a", "b"])
        const path = `/api/tasks/${tasks.a?.id}/move`
        const body = { after: tasks.b?.id }
        const stale = yield* request("POST", path, { as: "eve", headers: { "if-match": '"7"' }, body })
        assert.deepInclude(stale.body, { status: 412, current: tasks.a })
        assert.strictEqual(
          (yield* request("POST", path, { as: "eve", headers: { "if-match": '"1"' }, body })).status,
          200
        )
        const nowhere = "019c2f7e-0000-7000-8000-000000000000"
        assert.strictEqual((yield* request("POST", path, { as: "eve", body: { before: nowhere } })).status, 404)
        assert.strictEqual((yield* request("POST", `/api/tasks/${nowhere}/move`, { as: "eve", body })).status, 404)
        assert.strictEqual((yield* move("a", "before", "a")).status, 200)
        for (const wrong of [{}, { before: "7" }, { ...body, before: tasks.b?.id }, { above: tasks.b?.id }]) {
          const refused = yield* request("POST", path, { as: "eve", body: wrong })
          assert.deepStrictEqual([refused.status, refused.body.errors?.[0]?.pointer], [422, "/body"])
        }
      })
    )
  })
})
