import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { FetchHttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { Authorization } from "../../src/api/middleware/Authorization.ts"
import { AlreadyExists, NotFound, VersionConflict } from "../../src/domain/Errors.ts"
import { listFingerprint } from "../../src/domain/Pagination.ts"
import { RateLimiters } from "../../src/rate-limit/RateLimiters.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { makeListener } from "../../src/server/Listener.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { changeHub, listen, noRepositories } from "../support/HttpTestClient.ts"
import { task } from "../support/Rows.ts"
import * as TestAuth from "../support/TestAuth.ts"

const params = { task_id: task.id }

/** A repository of one task. What a test does not expect to be called dies with its name. */
const repo = Layer.mock(TaskRepo, {
  list: (owner, { count }) =>
    Effect.succeed({
      items: owner === TestAuth.ada ? [task] : [],
      next: { key: task.created_at, id: task.id },
      total: count && 1
    }),
  find: (owner) => (owner === TestAuth.ada ? Effect.succeed(task) : Effect.fail(new NotFound({ entity: "task" }))),
  create: (_owner, { title }) =>
    title === task.title ? Effect.fail(new AlreadyExists({ current: task, in_trash: false })) : Effect.succeed(task),
  update: (_owner, _id, change, expected) =>
    expected === undefined || expected === "*" || expected.includes(3)
      ? Effect.succeed({ ...task, ...change, version: 4 })
      : Effect.fail(new VersionConflict({ current: task }))
})

class Service extends Context.Service<Service, string>()("test/server/Tasks/Service") {
  static readonly layer = Layer.effect(Service, Effect.flatMap(makeListener, listen)).pipe(
    Layer.provide(changeHub.pipe(Layer.provideMerge(repo), Layer.provideMerge(noRepositories))),
    Layer.provide([
      TestAuth.layer,
      RateLimiters.layerOff,
      Readiness.layer({ database: Effect.void }),
      NodeCrypto.layerSecureRandom
    ])
  )
}

const client = Effect.flatMap(Service, (baseUrl) => HttpApiClient.make(Api, { baseUrl }))

const as = (token: string) =>
  HttpApiMiddleware.layerClient(Authorization, ({ next, request }) =>
    next(token === "" ? request : HttpClientRequest.bearerToken(request, token))
  )

layer(Layer.merge(Service.layer, FetchHttpClient.layer))("Task handlers behind the typed client", (it) => {
  it.effect("return the task that the repository finds", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      assert.deepStrictEqual(yield* tasks.get({ params, headers: {} }), task)
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("ask the repository for rows of the caller only", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      assert.deepStrictEqual((yield* tasks.list({ query: {} })).items, [])
      assert.strictEqual((yield* Effect.flip(tasks.get({ params, headers: {} })))._tag, "TaskNotFound")
    }).pipe(Effect.provide(as("bob")))
  )

  it.effect("return not_modified when If-None-Match names the current version", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      assert.deepStrictEqual(yield* tasks.get({ params, headers: { "if-none-match": [3] } }), { not_modified: 3 })
      assert.deepStrictEqual(yield* tasks.get({ params, headers: { "if-none-match": [2] } }), task)
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("pass the versions of If-Match to the repository, for PATCH and PUT", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      for (const change of [tasks.update, tasks.put]) {
        const request = { params, payload: { title: "Buy bread" } }
        const changed = yield* change({ ...request, headers: { "if-match": [3] } })
        assert.deepStrictEqual([changed.title, changed.version], ["Buy bread", 4])
        const refused = yield* Effect.flip(change({ ...request, headers: { "if-match": [1, 2] } }))
        assert(refused._tag === "TaskVersionConflict")
        assert.deepStrictEqual(refused.current, task)
      }
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("link to the next page with a cursor of the last row", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      const page = yield* tasks.list({ query: { limit: 1, count: "exact" } })
      assert.strictEqual(page.total, 1)
      const next = new URLSearchParams(page.next?.split("?")[1])
      assert.deepStrictEqual(
        [next.get("limit"), next.get("count"), JSON.parse(atob(next.get("cursor") ?? ""))],
        ["1", "exact", { list: listFingerprint("tasks", {}), key: task.created_at, id: task.id }]
      )
      const by = yield* tasks.list({ query: { limit: 1, offset: 4 } })
      assert.strictEqual(by.next, "?limit=1&offset=5")
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("return declared errors as typed errors to the client", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      const exists = yield* Effect.flip(tasks.create({ headers: {}, payload: { title: task.title } }))
      assert(exists._tag === "TaskAlreadyExists")
      assert.deepStrictEqual(exists.current, task)
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("turn a defect into InternalServerError without its message", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      const failed = yield* Effect.flip(tasks.remove({ params, headers: {} }))
      assert(failed._tag === "InternalServerError")
      assert.notInclude(JSON.stringify(failed), "remove")
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect.each([
    ["", "TOKEN_MISSING"],
    ["expired", "TOKEN_EXPIRED"],
    ["forged", "TOKEN_INVALID"]
  ] as const)("reject the token '%s' with %s", ([token, code]) =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      const refused = yield* Effect.flip(tasks.list({ query: {} }))
      assert(refused._tag === "Unauthorized")
      assert.strictEqual(refused.code, code)
    }).pipe(Effect.provide(as(token)))
  )
})
