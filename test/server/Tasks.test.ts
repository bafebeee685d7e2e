import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpClientRequest, HttpServer } from "effect/http"
import { HttpApiMiddleware, HttpApiTest } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { Authorization } from "../../src/api/middleware/Authorization.ts"
import { AlreadyExists, NotFound, VersionConflict } from "../../src/domain/Errors.ts"
import { queryFingerprint } from "../../src/domain/Pagination.ts"
import { Task, TaskId } from "../../src/domain/Task.ts"
import { RateLimiters } from "../../src/rate-limit/RateLimiters.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { AuthorizationLayer } from "../../src/server/Authorization.ts"
import { BodyRulesLayer } from "../../src/server/BodyLimits.ts"
import { FaultsLayer } from "../../src/server/ErrorMapping.ts"
import { TasksHandlers } from "../../src/server/handlers/Tasks.ts"
import { IdempotencyLayer } from "../../src/server/Idempotency.ts"
import { RateLimitLayer } from "../../src/server/RateLimit.ts"
import { ValidationLayer } from "../../src/server/Validation.ts"
import * as TestAuth from "../support/TestAuth.ts"

const task = Task.make({
  id: TaskId.make("019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"),
  title: "Buy milk",
  description: null,
  status: "pending",
  priority: "none",
  due_at: null,
  project_id: null,
  tag_ids: [],
  position: "a0",
  completed_at: null,
  version: 3,
  user_id: TestAuth.ada,
  created_at: "2026-11-20T09:30:00.000Z",
  updated_at: "2026-11-20T09:30:00.000Z"
})
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

const services = TasksHandlers.pipe(
  Layer.provideMerge([
    AuthorizationLayer,
    RateLimitLayer,
    BodyRulesLayer,
    IdempotencyLayer,
    ValidationLayer,
    FaultsLayer
  ]),
  Layer.provide([repo, Layer.mock(IdempotencyRepo, {}), TestAuth.layer, RateLimiters.layerOff]),
  Layer.provideMerge(HttpServer.layerServices)
)

const client = HttpApiTest.groups(Api, ["tasks"])

const as = (token: string) =>
  HttpApiMiddleware.layerClient(Authorization, ({ next, request }) =>
    next(token === "" ? request : HttpClientRequest.bearerToken(request, token))
  )

layer(services)("The handlers, through the typed client", (it) => {
  it.effect("give the task that the repository gives", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      assert.deepStrictEqual(yield* tasks.get({ params, headers: {} }), task)
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("ask for the caller's rows and nobody else's", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      assert.deepStrictEqual((yield* tasks.list({ query: {} })).items, [])
      assert.strictEqual((yield* Effect.flip(tasks.get({ params, headers: {} })))._tag, "TaskNotFound")
    }).pipe(Effect.provide(as("bob")))
  )

  it.effect("tell that the version held is the current one", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      assert.deepStrictEqual(yield* tasks.get({ params, headers: { "if-none-match": [3] } }), { not_modified: 3 })
      assert.deepStrictEqual(yield* tasks.get({ params, headers: { "if-none-match": [2] } }), task)
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("pass on the versions that a change is meant for, by PATCH and by PUT", () =>
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

  it.effect("lead to the next page from the last row of this one", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      const page = yield* tasks.list({ query: { limit: 1, count: "exact" } })
      assert.strictEqual(page.total, 1)
      const next = new URLSearchParams(page.next?.split("?")[1])
      assert.deepStrictEqual(
        [next.get("limit"), next.get("count"), JSON.parse(atob(next.get("cursor") ?? ""))],
        ["1", "exact", { list: queryFingerprint({}), key: task.created_at, id: task.id }]
      )
      const by = yield* tasks.list({ query: { limit: 1, offset: 4 } })
      assert.strictEqual(by.next, "/api/tasks?limit=1&offset=5")
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("carry problems as typed errors to the client", () =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      const exists = yield* Effect.flip(tasks.create({ headers: {}, payload: { title: task.title } }))
      assert(exists._tag === "TaskAlreadyExists")
      assert.deepStrictEqual(exists.current, task)
    }).pipe(Effect.provide(as("ada")))
  )

  it.effect("turn a bug into a problem without its words", () =>
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
  ] as const)("refuse the token '%s' with %s", ([token, code]) =>
    Effect.gen(function* () {
      const { tasks } = yield* client
      const refused = yield* Effect.flip(tasks.list({ query: {} }))
      assert(refused._tag === "Unauthorized")
      assert.strictEqual(refused.code, code)
    }).pipe(Effect.provide(as(token)))
  )
})
