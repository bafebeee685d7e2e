import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient, type TestRequest } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

const missing = "019c2f7e-0000-7000-8000-000000000000"

describe.each(all)("Subtasks on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    const send = Effect.fnUntraced(function* (method: string, path: string, ask: TestRequest = {}) {
      const request = yield* HttpTestClient
      return yield* request(method, `/api/${path}`, { as: "ada", ...ask })
    })
    const create = Effect.fnUntraced(function* (title: string, parent_id: string | null = null, more: object = {}) {
      const { body, status } = yield* send("POST", "tasks", { body: { title, parent_id, ...more } })
      assert.strictEqual(status, 201, JSON.stringify(body))
      return body
    })
    const get = (id: string) => Effect.map(send("GET", `tasks/${id}`), ({ body }) => body)
    const patch = (id: string, body: object) => send("PATCH", `tasks/${id}`, { body })
    const titles = (path: string) =>
      Effect.map(send("GET", path), ({ body }) => body.map(({ title }: { title: string }) => title))
    /** A chain of tasks, each a subtask of the one before. */
    const chain = Effect.fnUntraced(function* (length: number) {
      const ids: Array<string> = []
      for (let n = 0; n < length; n++) ids.push((yield* create(`level ${n + 1}`, ids.at(-1) ?? null)).id)
      return ids as [string, ...Array<string>]
    })

    it.effect(
      "a task counts its subtasks, and each of them that comes, goes or is completed gives it a new version",
      () =>
        Effect.gen(function* () {
          const parent = yield* create("parent")
          assert.deepStrictEqual([parent.parent_id, parent.subtasks], [null, { total: 0, completed: 0 }])
          const [one, two] = [yield* create("one", parent.id), yield* create("two", parent.id, { status: "completed" })]
          const counted = yield* get(parent.id)
          assert.deepStrictEqual([counted.subtasks, counted.version], [{ total: 2, completed: 1 }, 3])
          yield* patch(one.id, { status: "completed" })
          yield* patch(one.id, { title: "still one" })
          const completed = yield* get(parent.id)
          assert.deepStrictEqual([completed.subtasks, completed.version], [{ total: 2, completed: 2 }, 4])
          const held = yield* send("GET", `tasks/${parent.id}`, { headers: { "if-none-match": '"3"' } })
          assert.strictEqual(held.status, 200)
          const other = yield* create("other")
          yield* patch(two.id, { parent_id: other.id })
          assert.deepStrictEqual((yield* get(parent.id)).subtasks, { total: 1, completed: 1 })
          assert.deepStrictEqual((yield* get(other.id)).subtasks, { total: 1, completed: 1 })
          yield* patch(two.id, { parent_id: null })
          yield* send("DELETE", `tasks/${one.id}`)
          assert.deepStrictEqual((yield* get(parent.id)).subtasks, { total: 0, completed: 0 })
          assert.deepStrictEqual((yield* get(other.id)).subtasks, { total: 0, completed: 0 })
          const [listed] = (yield* send("GET", `tasks?parent_id=none&q=parent`)).body
          assert.deepStrictEqual(listed, yield* get(parent.id))
        })
    )

    it.effect("lists contain the subtasks of a task in the user's own order, or tasks that are no subtasks", () =>
      Effect.gen(function* () {
        const parent = yield* create("listed parent")
        const [a, b, c] = [yield* create("a", parent.id), yield* create("b", parent.id), yield* create("c", parent.id)]
        yield* send("POST", `tasks/${c.id}/move`, { body: { before: a.id } })
        assert.deepStrictEqual(yield* titles(`tasks?parent_id=${parent.id}&sort=position`), ["c", "a", "b"])
        assert.deepStrictEqual(yield* titles(`tasks?parent_id=${parent.id}&sort=-position`), ["b", "a", "c"])
        assert.deepStrictEqual(yield* titles(`tasks?parent_id=${b.id}`), [])
        assert.deepStrictEqual(yield* titles(`tasks?parent_id=${missing}`), [])
        assert.notIncludeMembers(yield* titles("tasks?parent_id=none&limit=200"), ["a", "b", "c"])
      })
    )

    it.effect("a parent that does not exist, is in the trash, is below the task or is the fifth level is 422", () =>
      Effect.gen(function* () {
        const levels = yield* chain(5)
        const [first, second, , fourth = "", fifth = ""] = levels
        const task = yield* create("task")
        const tall = yield* chain(2)
        const trashed = yield* create("trashed")
        yield* send("DELETE", `tasks/${trashed.id}`)
        const bobs = (yield* send("POST", "tasks", { as: "bob", body: { title: "bob's" } })).body
        for (const [id, parent_id, code] of [
          [task.id, missing, "not_found"],
          [task.id, trashed.id, "not_found"],
          [task.id, bobs.id, "not_found"],
          [task.id, task.id, "cycle"],
          [first, second, "cycle"],
          [first, fifth, "cycle"],
          [task.id, fifth, "depth"],
          [tall[0], fourth, "depth"]
        ] as const) {
          const { body } = yield* patch(id, { parent_id })
          assert.deepInclude(body, { status: 422, code: "VALIDATION_FAILED" }, code)
          assert.deepInclude(body.errors[0], { pointer: "/body/parent_id", code })
        }
        const created = yield* send("POST", "tasks", { body: { title: "t", parent_id: fifth } })
        assert.deepInclude(created.body.errors[0], { pointer: "/body/parent_id", code: "depth" })
        assert.strictEqual((yield* patch(task.id, { parent_id: fourth })).status, 200)
        const bulk = yield* send("POST", "tasks/bulk", {
          body: { operations: [{ op: "update", id: first, change: { parent_id: fifth } }] }
        })
        assert.deepInclude(bulk.body.errors[0], { pointer: "/body/operations/0/change/parent_id", code: "cycle" })
      })
    )

    it.effect("concurrent moves make no cycle, and no more than five levels", () =>
      Effect.gen(function* () {
        for (let round = 0; round < 5; round++) {
          const tasks: Array<string> = []
          for (let n = 0; n < 6; n++) tasks.push((yield* create(`${n}`)).id)
          const moves = tasks.flatMap((id, n) => [
            patch(id, { parent_id: tasks[(n + 1) % 6] ?? null }),
            patch(id, { parent_id: tasks[(n + 2) % 6] ?? null })
          ])
          for (const { status } of yield* Effect.all(moves, { concurrency: "unbounded" })) {
            assert.include([200, 422, 503], status)
          }
          const parents = new Map<string, string | null>()
          for (const id of tasks) parents.set(id, (yield* get(id)).parent_id)
          for (const id of tasks) {
            let levels = 0
            for (let at: string | null = id; at !== null; at = parents.get(at) ?? null) {
              levels++
              assert.isAtMost(levels, 5)
            }
          }
          for (const id of tasks) {
            const { subtasks } = yield* get(id)
            assert.strictEqual(subtasks.total, Array.from(parents.values()).filter((parent) => parent === id).length)
          }
        }
      })
    )

    it.effect("deleting a task moves its subtasks to the trash, and restoring it restores exactly those", () =>
      Effect.gen(function* () {
        const [first, second = "", third = ""] = yield* chain(3)
        const before = yield* create("before", first)
        const side = yield* create("side", first)
        yield* send("DELETE", `tasks/${before.id}`)
        const tree = yield* get(first)
        assert.strictEqual((yield* send("DELETE", `tasks/${first}`, { headers: { "if-match": '"1"' } })).status, 412)
        const removed = yield* send("DELETE", `tasks/${first}`, { headers: { "if-match": `"${tree.version}"` } })
        assert.strictEqual(removed.status, 204)
        for (const id of [first, second, third, side.id]) assert.strictEqual((yield* get(id)).status, 404)

        const restored = yield* send("POST", `tasks/${first}/restore`)
        assert.deepInclude(restored.body, { id: first, subtasks: { total: 2, completed: 0 } })
        assert.deepStrictEqual(restored.body, yield* get(first))
        assert.strictEqual((yield* get(third)).parent_id, second)
        assert.strictEqual((yield* get(side.id)).parent_id, first)
        assert.strictEqual((yield* get(before.id)).status, 404)

        yield* send("POST", `tasks/${before.id}/restore`)
        assert.strictEqual((yield* get(before.id)).parent_id, first)
        assert.deepStrictEqual((yield* get(first)).subtasks, { total: 3, completed: 0 })
      })
    )

    it.effect("the change feed has every task of a tree that is trashed and restored", () =>
      Effect.gen(function* () {
        const tree = yield* chain(3)
        const changesSince = Effect.fnUntraced(function* (start: string) {
          const changes: Array<{ op: string; value: { id: string; subtasks: object } }> = []
          let body = { changes, cursor: start, has_more: true }
          while (body.has_more) {
            body = (yield* send("GET", `changes?cursor=${body.cursor}`)).body
            changes.push(...body.changes)
          }
          return { changes, cursor: body.cursor }
        })
        const first = (yield* send("GET", "changes")).body.cursor
        const { cursor } = yield* changesSince(first)
        yield* send("DELETE", `tasks/${tree[0]}`)
        const removed = yield* changesSince(cursor)
        assert.sameMembers(
          removed.changes.map(({ op, value }) => `${op} ${value.id}`),
          tree.map((id) => `trash ${id}`)
        )
        yield* send("POST", `tasks/${tree[0]}/restore`)
        const restored = yield* changesSince(removed.cursor)
        assert.sameMembers(
          restored.changes.map(({ op, value }) => `${op} ${value.id}`),
          tree.map((id) => `upsert ${id}`)
        )
        yield* patch(tree[1] ?? "", { status: "completed" })
        const completed = yield* changesSince(restored.cursor)
        assert.sameMembers(
          completed.changes.map(({ value }) => value.id),
          tree.slice(0, 2)
        )
        const [parent] = completed.changes.filter(({ value }) => value.id === tree[0])
        assert.deepStrictEqual(parent?.value.subtasks, { total: 1, completed: 1 })
      })
    )

    it.effect("a subtask that comes back without its parent is a task of its own, with its own subtasks", () =>
      Effect.gen(function* () {
        const [first, second = "", third = ""] = yield* chain(3)
        yield* send("DELETE", `tasks/${first}`)
        const { body } = yield* send("POST", `tasks/${second}/restore`)
        assert.deepInclude(body, { parent_id: null, subtasks: { total: 1, completed: 0 } })
        assert.strictEqual((yield* get(third)).parent_id, second)
        yield* send("POST", `tasks/${first}/restore`)
        assert.deepStrictEqual((yield* get(first)).subtasks, { total: 0, completed: 0 })
        assert.strictEqual((yield* get(second)).parent_id, null)
      })
    )

    it.effect("deleting a task in the trash permanently deletes the subtasks that were trashed with it", () =>
      Effect.gen(function* () {
        const [first, second = ""] = yield* chain(2)
        yield* send("DELETE", `tasks/${first}`)
        assert.strictEqual((yield* send("DELETE", `trash/${first}`)).status, 204)
        assert.strictEqual((yield* send("POST", `tasks/${second}/restore`)).status, 404)
        assert.strictEqual((yield* send("DELETE", `trash/${first}`)).status, 404)
      })
    )

    it.effect("a subtask whose parent is permanently deleted becomes a top-level task with a new version", () =>
      Effect.gen(function* () {
        const parent = yield* create("deleted parent")
        const subtask = yield* create("kept subtask", parent.id)
        yield* send("DELETE", `tasks/${subtask.id}`)
        yield* send("DELETE", `tasks/${parent.id}`)
        const inTrash = Effect.map(send("GET", "trash?limit=200"), ({ body }) =>
          body.find(({ id }: { id: string }) => id === subtask.id)
        )
        const before = yield* inTrash
        assert.strictEqual(before.parent_id, parent.id)
        assert.strictEqual((yield* send("DELETE", `trash/${parent.id}`)).status, 204)
        const after = yield* inTrash
        assert.deepStrictEqual([after.parent_id, after.version], [null, before.version + 1])
      })
    )

    it.effect("a task in the trash gets no subtask, however the requests interleave", () =>
      Effect.gen(function* () {
        for (let round = 0; round < 10; round++) {
          const parent = yield* create("parent")
          const [added] = yield* Effect.all(
            [
              send("POST", "tasks", { body: { title: "child", parent_id: parent.id } }),
              send("DELETE", `tasks/${parent.id}`)
            ],
            { concurrency: "unbounded" }
          )
          if (added.status !== 201) continue
          const child = yield* get(added.body.id)
          if (child.status === 404) continue
          assert.notStrictEqual((yield* get(parent.id)).status, 404)
        }
      })
    )

    it.effect("a bulk request creates a tree, and its results are the tasks as they are then", () =>
      Effect.gen(function* () {
        const [a, b] = ["019c2f7e-0000-7000-8000-0000000000a1", "019c2f7e-0000-7000-8000-0000000000a2"]
        const operations = [
          { op: "create", task: { id: a, title: "a" } },
          { op: "create", task: { id: b, title: "b", parent_id: a } },
          { op: "update", id: b, change: { status: "completed" } }
        ]
        const { body } = yield* send("POST", "tasks/bulk", { body: { operations } })
        assert.deepStrictEqual(body.results[0], yield* get(a))
        assert.deepStrictEqual(body.results[0].subtasks, { total: 1, completed: 1 })
      })
    )

    it.effect(
      "a bulk request that makes a cycle, a sixth level or a subtask of a task in the trash changes nothing",
      () =>
        Effect.gen(function* () {
          const [first, second = ""] = yield* chain(2)
          const deep = yield* chain(5)
          const other = yield* create("other")
          const move = (id: string, parent_id: string | null) => ({ op: "update", id, change: { parent_id } })
          for (const [operations, index, code] of [
            // Each of the two is possible by itself.
            [[move(other.id, second), move(first, other.id)], 1, "cycle"],
            [[move(other.id, deep[3] ?? ""), move(first, other.id)], 1, "depth"],
            [[{ op: "delete", id: other.id }, move(first, other.id)], 1, "not_found"],
            [[{ op: "create", task: { title: "t", parent_id: other.id } }, move(other.id, other.id)], 1, "cycle"]
          ] as const) {
            const { body } = yield* send("POST", "tasks/bulk", { body: { operations } })
            assert.deepInclude(body, { status: 422, code: "VALIDATION_FAILED" }, code)
            assert.deepInclude(body.errors[0], { pointer: `/body/operations/${index}/change/parent_id`, code })
            assert.deepStrictEqual(yield* get(other.id), other)
          }
          // Moved away first, a task can take what was its parent.
          const { status } = yield* send("POST", "tasks/bulk", {
            body: { operations: [move(second, null), move(first, second)] }
          })
          assert.strictEqual(status, 200)
          assert.strictEqual((yield* get(first)).parent_id, second)
        })
    )

    it.effect("a subtask may be in another project than its parent", () =>
      Effect.gen(function* () {
        const { body: project } = yield* send("POST", "projects", { body: { name: "Garden" } })
        const parent = yield* create("parent")
        const task = yield* create("task", parent.id, { project_id: project.id })
        assert.deepInclude(yield* get(task.id), { parent_id: parent.id, project_id: project.id })
        assert.strictEqual((yield* get(parent.id)).project_id, null)
      })
    )
  })
})
