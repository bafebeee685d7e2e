import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { UserId } from "../../src/domain/User.ts"
import { IdempotencyRepo, type StoredResponse } from "../../src/repositories/IdempotencyRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { HttpTestClient, noRepositories, type TestRequest } from "../support/HttpTestClient.ts"
import * as TestAuth from "../support/TestAuth.ts"
import { AdminSql, all, layerPg } from "../support/TestDatabase.ts"

const post = Effect.fnUntraced(function* (key: string, body: unknown, more: TestRequest = {}, path = "/api/tasks") {
  const request = yield* HttpTestClient
  return yield* request("POST", path, {
    as: "ada",
    body,
    ...more,
    headers: { "idempotency-key": key, ...more.headers }
  })
})

const countOf = Effect.fnUntraced(function* (as: string) {
  const request = yield* HttpTestClient
  return Number((yield* request("GET", "/api/tasks?limit=1&count=exact", { as })).headers.get("x-total-count"))
})

describe.each(all)("Idempotency-Key on %s", (_, database) => {
  layer(Layer.provideMerge(HttpTestClient.layer, database), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("runs a request once and returns the stored response to repetitions", () =>
      Effect.gen(function* () {
        const before = yield* countOf("ada")
        const first = yield* post("once", { title: "t" })
        assert.deepStrictEqual([first.status, first.headers.get("idempotency-replayed")], [201, null])
        for (let n = 0; n < 2; n++) {
          const again = yield* post("once", { title: "t" })
          assert.deepStrictEqual([again.status, again.body], [201, first.body])
          assert.strictEqual(again.headers.get("idempotency-replayed"), "true")
          for (const name of ["etag", "location", "content-type"]) {
            assert.strictEqual(again.headers.get(name), first.headers.get(name), name)
          }
          assert.notStrictEqual(again.headers.get("x-request-id"), first.headers.get("x-request-id"))
        }
        assert.strictEqual(yield* countOf("ada"), before + 1)
      })
    )

    it.effect("returns 422 for the same key with another request", () =>
      Effect.gen(function* () {
        yield* post("mine", { title: "t" })
        for (const [body, path] of [
          [{ title: "another" }, "/api/tasks"],
          [{ title: "t" }, "/api/tasks?x=1"],
          [{ name: "t" }, "/api/projects"]
        ] as const) {
          const refused = yield* post("mine", body, {}, path)
          assert.strictEqual(refused.status, 422, path)
        }
        const reused = yield* post("mine", { title: "another" })
        assert.deepInclude(reused.body, { status: 422, code: "IDEMPOTENCY_KEY_REUSED" })
        assert.strictEqual((yield* post("mine", { title: "another" }, { as: "bob" })).status, 201)
      })
    )

    it.effect("does not store error responses, so that a corrected request can use the key", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        assert.strictEqual((yield* post("mend", { title: "" })).status, 422)
        const { body: task } = yield* post("mend", { title: "t" })
        assert.strictEqual((yield* post("again", { id: task.id, title: "t" })).status, 409)
        const move = yield* post(
          "move",
          { before: task.id },
          { headers: { "if-match": '"7"' } },
          `/api/tasks/${task.id}/move`
        )
        assert.strictEqual(move.status, 412)
        yield* request("DELETE", `/api/tasks/${task.id}`, { as: "ada" })
        const path = `/api/tasks/${task.id}/restore`
        const restored = yield* post("restore", undefined, {}, path)
        assert.strictEqual(restored.status, 200)
        assert.deepStrictEqual((yield* post("restore", undefined, {}, path)).body, restored.body)
      })
    )

    it.effect.each([
      ["a blank", "a b"],
      ["256 characters", "k".repeat(256)],
      ["ä", "\u00e4"]
    ] as const)("must have a key that is one: not %s", ([, key]) =>
      Effect.gen(function* () {
        const refused = yield* post(key, { title: "t" })
        assert.deepStrictEqual([refused.status, refused.body.errors?.[0].pointer], [422, "/header/idempotency-key"])
      })
    )

    it.effect("runs a request again after a day", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        const first = yield* post("old", { title: "t" })
        yield* sql`update idempotency_key set created_at = now() - interval '24 hours 1 second' where key = 'old'`
        const second = yield* post("old", { title: "t" })
        assert.notStrictEqual(second.body.id, first.body.id)
        assert.isNull(second.headers.get("idempotency-replayed"))
      })
    )
  })
})

const services = Layer.mergeAll(IdempotencyRepo.layer, TaskRepo.layer).pipe(
  Layer.provide(NodeCrypto.layerSecureRandom),
  Layer.provideMerge(layerPg)
)

layer(services, { excludeTestServices: true, timeout: 300_000 })("Idempotency-Key on PostgreSQL", (it) => {
  const owner = UserId.make("eve")
  const given: StoredResponse = { status: 201, headers: {}, body: "{}" }

  it.effect("returns 409 at once while the first request is in progress", () =>
    Effect.gen(function* () {
      const answers = yield* IdempotencyRepo
      const [begun, finish] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const slow = Deferred.succeed(begun, undefined).pipe(Effect.andThen(Deferred.await(finish)), Effect.as(given))
      const first = yield* Effect.forkChild(answers.runOnce(owner, "busy", "f", slow))
      yield* Deferred.await(begun)
      const busy = yield* Effect.flip(answers.runOnce(owner, "busy", "f", Effect.succeed(given)))
      assert.strictEqual(busy._tag, "IdempotencyKeyInProgress")
      yield* Deferred.succeed(finish, undefined)
      assert.isFalse((yield* Fiber.join(first)).replayed)
      assert.isTrue((yield* answers.runOnce(owner, "busy", "f", Effect.die("not again"))).replayed)
    })
  )

  it.effect("stores the response in the transaction of the write", () =>
    Effect.gen(function* () {
      const answers = yield* IdempotencyRepo
      const tasks = yield* TaskRepo
      const title = { title: "half" }
      const dying = Effect.andThen(tasks.create(owner, title), Effect.die("the process dies before the answer is kept"))
      yield* Effect.exit(answers.runOnce(owner, "half", "f", dying))
      assert.deepStrictEqual((yield* tasks.list(owner, {})).items, [])
      yield* answers.runOnce(owner, "half", "f", Effect.as(tasks.create(owner, title), given))
      assert.lengthOf((yield* tasks.list(owner, {})).items, 1)
    })
  )

  it.effect("purges only expired keys", () =>
    Effect.gen(function* () {
      const answers = yield* IdempotencyRepo
      const sql = yield* AdminSql
      yield* answers.runOnce(owner, "old", "f", Effect.succeed(given))
      yield* answers.runOnce(owner, "young", "f", Effect.succeed(given))
      yield* sql`update idempotency_key set created_at = now() - interval '25 hours' where key = 'old'`
      assert.strictEqual(yield* answers.purge, 1)
      const left = yield* sql<{ key: string }>`select key from idempotency_key where key in ('old', 'young')`
      assert.deepStrictEqual(left, [{ key: "young" }])
    })
  )
})

describe("A request with an Idempotency-Key and no database", () => {
  const services = Layer.mergeAll(noRepositories, TestAuth.layer, Readiness.layer<never>({}))

  layer(HttpTestClient.layerWith(services), { excludeTestServices: true })((it) => {
    it.effect.each([
      ["an invalid field", { title: "" }],
      ["an unknown field", { title: "t", colour: "red" }],
      ["text that is not JSON", "{"]
    ] as const)("returns 422 for a body with %s", ([, body]) =>
      Effect.gen(function* () {
        const { body: error, status } = yield* post("invalid", body)
        assert.deepStrictEqual([status, error.code], [422, "VALIDATION_FAILED"])
      })
    )
  })
})
