import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { UserId } from "../../src/domain/User.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { HttpTestClient, nextPage } from "../support/HttpTestClient.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"

const create = Effect.fnUntraced(function* (title: string, as: string) {
  const request = yield* HttpTestClient
  return (yield* request("POST", "/api/tasks", { as, body: { title } })).body
})

const titles = Effect.fnUntraced(function* (path: string, as: string) {
  const request = yield* HttpTestClient
  const { body } = yield* request("GET", path, { as })
  return body.map(({ title }: { title: string }) => title)
})

describe.each(all)("The trash on %s", (_, database) => {
  const repositories = Layer.merge(TaskRepo.layer, TrashRepo.layer).pipe(Layer.provide(NodeCrypto.layerSecureRandom))
  const services = Layer.merge(HttpTestClient.layer, repositories).pipe(Layer.provideMerge(database))

  layer(services, { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("contains a deleted task, which no other list contains", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const kept = yield* create("kept", "ada")
        const gone = yield* create("gone", "ada")
        assert.strictEqual((yield* request("DELETE", `/api/tasks/${gone.id}`, { as: "ada" })).status, 204)
        assert.deepStrictEqual(yield* titles("/api/tasks", "ada"), ["kept"])
        assert.deepStrictEqual(yield* titles("/api/tasks?q=gone", "ada"), [])
        for (const [method, path, body] of [
          ["GET", "", undefined],
          ["PATCH", "", { title: "t" }],
          ["DELETE", "", undefined],
          ["POST", "/move", { before: kept.id }]
        ] as const) {
          const answer = yield* request(method, `/api/tasks/${gone.id}${path}`, { as: "ada", ...(body && { body }) })
          assert.strictEqual(answer.status, 404, method)
        }
        const { body: trash } = yield* request("GET", "/api/trash", { as: "ada" })
        assert.deepInclude(trash[0], { id: gone.id, title: "gone", version: 2 })
        assert.match(trash[0].deleted_at, /Z$/)
        const again = yield* request("POST", "/api/tasks", { as: "ada", body: { id: gone.id, title: "again" } })
        assert.deepInclude(again.body, { status: 409, code: "TASK_ALREADY_EXISTS" })
      })
    )

    it.effect("restores a task with all its fields, and deletes a task permanently", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const task = yield* create("back", "bob")
        assert.strictEqual((yield* request("POST", `/api/tasks/${task.id}/restore`, { as: "bob" })).status, 404)
        assert.strictEqual((yield* request("DELETE", `/api/trash/${task.id}`, { as: "bob" })).status, 404)
        yield* request("DELETE", `/api/tasks/${task.id}`, { as: "bob", headers: { "if-match": '"1"' } })
        const back = yield* request("POST", `/api/tasks/${task.id}/restore`, { as: "bob" })
        assert.deepStrictEqual({ ...back.body, updated_at: task.updated_at }, { ...task, version: 3 })
        assert.strictEqual(back.headers.get("etag"), '"3"')
        yield* request("DELETE", `/api/tasks/${task.id}`, { as: "bob" })
        assert.strictEqual((yield* request("DELETE", `/api/trash/${task.id}`, { as: "bob" })).status, 204)
        assert.deepStrictEqual(yield* titles("/api/trash", "bob"), [])
        assert.strictEqual((yield* request("POST", `/api/tasks/${task.id}/restore`, { as: "bob" })).status, 404)
      })
    )

    it.effect("restores and permanently deletes only the version that If-Match names", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const task = yield* create("versions", "dan")
        yield* request("DELETE", `/api/tasks/${task.id}`, { as: "dan" })
        for (const [method, path, success] of [
          ["POST", `/api/tasks/${task.id}/restore`, 200],
          ["DELETE", `/api/trash/${task.id}`, 204]
        ] as const) {
          const stale = yield* request(method, path, { as: "dan", headers: { "if-match": '"1", W/"2"' } })
          assert.deepInclude(stale.body, { status: 412, code: "TASK_VERSION_CONFLICT" })
          assert.deepInclude(stale.body.current, { id: task.id, version: method === "POST" ? 2 : 4 })
          const tag = method === "POST" ? '"2"' : '"4"'
          assert.strictEqual(
            (yield* request(method, path, { as: "dan", headers: { "if-match": tag } })).status,
            success
          )
          const again = yield* request(method, path, { as: "dan", headers: { "if-match": tag } })
          assert.strictEqual(again.body.code, "TASK_NOT_FOUND")
          if (method === "POST") yield* request("DELETE", `/api/tasks/${task.id}`, { as: "dan" })
        }
      })
    )

    it.effect("lists the last deleted task first, by cursor", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (const title of ["a", "b", "c"]) {
          yield* request("DELETE", `/api/tasks/${(yield* create(title, "carol")).id}`, { as: "carol" })
        }
        const first = yield* request("GET", "/api/trash?limit=2&count=exact", { as: "carol" })
        assert.strictEqual(first.headers.get("x-total-count"), "3")
        const next = nextPage("/api/trash", first)
        assert.deepStrictEqual(
          [...first.body.map(({ title }: { title: string }) => title), ...(yield* titles(next, "carol"))],
          ["c", "b", "a"]
        )
      })
    )

    it.effect("is purged after thirty days, once by several processes", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        const tasks = yield* TaskRepo
        const trash = yield* TrashRepo
        const dan = UserId.make("dan")
        for (let n = 0; n < 30; n++) {
          const { id } = yield* tasks.create(dan, { title: `old ${n}` })
          yield* tasks.remove(dan, id, undefined)
        }
        const young = yield* tasks.create(dan, { title: "young" })
        yield* tasks.remove(dan, young.id, undefined)
        yield* tasks.create(dan, { title: "alive" })
        yield* sql`update task set deleted_at = now() - interval '30 days 1 minute' where title like 'old %'`
        yield* sql`update task set deleted_at = now() - interval '29 days 23 hours' where title = 'young'`
        const purged = yield* Effect.all([trash.purge, trash.purge, trash.purge], { concurrency: 3 })
        assert.strictEqual(
          purged.reduce((a, b) => a + b),
          30
        )
        assert.deepStrictEqual(yield* titles("/api/trash", "dan"), ["young"])
        assert.deepStrictEqual(yield* titles("/api/tasks", "dan"), ["alive"])
      })
    )
  })
})
