import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Stream } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { Unauthorized } from "../../src/api/errors/CommonErrors.ts"
import { Authorization, CurrentUser } from "../../src/api/middleware/Authorization.ts"
import { BodyLimits } from "../../src/api/middleware/BodyLimits.ts"
import { ErrorHandler } from "../../src/api/middleware/ErrorHandler.ts"
import { Idempotency } from "../../src/api/middleware/Idempotency.ts"
import { RateLimit } from "../../src/api/middleware/RateLimit.ts"
import { Auth } from "../../src/auth/Auth.ts"
import { encodeCursor } from "../../src/domain/Change.ts"
import {
  AlreadyExists,
  NameTaken,
  NotFound,
  SyncReset,
  UnknownReference,
  VersionConflict
} from "../../src/domain/Errors.ts"
import type { Project } from "../../src/domain/Project.ts"
import type { Tag } from "../../src/domain/Tag.ts"
import type { Task } from "../../src/domain/Task.ts"
import { RateLimiters } from "../../src/rate-limit/RateLimiters.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TicketRepo } from "../../src/repositories/TicketRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { Handlers } from "../../src/server/handlers/Handlers.ts"
import { makeListener } from "../../src/server/Listener.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { changeHub, listen } from "../support/HttpTestClient.ts"
import * as TestAuth from "../support/TestAuth.ts"

const common = {
  version: 3,
  user_id: "ada",
  created_at: "2026-11-20T09:30:00.000Z",
  updated_at: "2026-11-20T09:30:00.000Z"
}
const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
const missing = "019c2f7e-0000-7000-8000-000000000000"
const task = {
  ...common,
  id,
  title: "Buy milk",
  description: null,
  status: "pending",
  priority: "none",
  due: null,
  due_at: null,
  recurrence: null,
  project_id: null,
  parent_id: null,
  subtasks: { total: 0, completed: 0 },
  tag_ids: [],
  position: "a0",
  completed_at: null
} as unknown as Task
const project = {
  ...common,
  id,
  name: "Home",
  description: null,
  color: "#3b82f6",
  archived: false
} as unknown as Project
const tag = { ...common, id, name: "errand", color: null } as unknown as Tag

const page = <Row>(row: Row) => ({ items: [row], next: { key: common.created_at, id }, total: 7 })
const found = <Row>(row: Row, wanted: string, entity: "task" | "project" | "tag") =>
  wanted === id ? Effect.succeed(row) : Effect.fail(new NotFound({ entity }))
const changed = <Row>(row: Row, expected: unknown) =>
  expected === undefined || expected === "*" || (expected as ReadonlyArray<number>).includes(3)
    ? Effect.succeed(row)
    : Effect.fail(new VersionConflict({ current: row }))

/** Repositories of one row each. A title or name can ask for an error. */
const repositories = Layer.mergeAll(
  Layer.mock(IdempotencyRepo, {}),
  Layer.mock(TaskRepo, {
    list: () => Effect.succeed(page(task)),
    find: (_, wanted) => found(task, wanted, "task"),
    create: (_, { title }) => {
      if (title === "exists") return Effect.fail(new AlreadyExists({ current: task, in_trash: false }))
      if (title === "in trash") return Effect.fail(new AlreadyExists({ current: task, in_trash: true }))
      if (title === "reference") return Effect.fail(new UnknownReference({ field: "project_id" }))
      return title === "defect" ? Effect.die(new Error("a bug")) : Effect.succeed(task)
    },
    update: (_owner, _id, _change, expected) => changed(task, expected),
    completions: (_, wanted) =>
      Effect.as(found(task, wanted, "task"), {
        items: [{ version: 2, due: { date: "2026-12-01" }, completed_at: common.created_at }],
        next: undefined,
        total: 1
      }),
    move: (_owner, _id, _move, expected) => changed(task, expected),
    bulk: () => Effect.succeed([task, null]),
    remove: (_owner, _id, expected) => Effect.asVoid(changed(task, expected))
  }),
  Layer.mock(TrashRepo, {
    list: () => Effect.succeed(page({ ...task, deleted_at: common.updated_at })),
    restore: (_, wanted) => found(task, wanted, "task"),
    remove: (_, wanted) => Effect.asVoid(found(task, wanted, "task"))
  }),
  Layer.mock(ProjectRepo, {
    list: () => Effect.succeed(page(project)),
    find: (_, wanted) => found(project, wanted, "project"),
    create: () => Effect.succeed(project),
    update: (_owner, _id, _change, expected) => changed(project, expected),
    remove: (_owner, _id, expected) => Effect.asVoid(changed(project, expected))
  }),
  Layer.mock(TagRepo, {
    list: () => Effect.succeed(page(tag)),
    find: (_, wanted) => found(tag, wanted, "tag"),
    create: (_, { name }) => (name === "taken" ? Effect.fail(new NameTaken({ current: tag })) : Effect.succeed(tag)),
    update: (_owner, _id, _change, expected) => changed(tag, expected),
    remove: (_owner, _id, expected) => Effect.asVoid(changed(tag, expected))
  }),
  Layer.mock(ChangesRepo, {
    read: (_, position) =>
      position === undefined
        ? Effect.succeed({
            changes: [
              { type: "project", op: "upsert", value: project },
              { type: "tag", op: "upsert", value: tag },
              { type: "task", op: "upsert", value: task },
              { type: "task", op: "trash", value: { ...task, deleted_at: common.updated_at } },
              { type: "task", op: "delete", id }
            ],
            position: { epoch: 1, seq: 2 },
            has_more: true
          })
        : Effect.fail(new SyncReset())
  }),
  Layer.mock(TicketRepo, { create: () => Effect.succeed(missing) }),
  Layer.mock(AccountRepo, {
    erase: () => Effect.succeed(true),
    streamAll: () => Effect.succeed(Stream.fromIterable([{ type: "task" as const, ...task }]))
  })
)

const services = Layer.mergeAll(
  Layer.provideMerge(changeHub, repositories),
  TestAuth.layer,
  RateLimiters.layerOff,
  Readiness.layer({ database: Effect.void }),
  NodeCrypto.layerSecureRandom
)

/** The library's own server needs an implementation of each middleware. Only authorization does something. */
const middleware = Layer.mergeAll(
  Layer.effect(
    Authorization,
    Effect.map(Auth, (auth) => ({
      bearer: (httpEffect, { credential }) =>
        Effect.flatMap(
          auth.verify(Redacted.value(credential)).pipe(
            Effect.catchTags({
              InvalidToken: ({ code, detail }) => Effect.fail(new Unauthorized({ code, detail })),
              JwksUnavailable: Effect.die
            })
          ),
          (user) => Effect.provideService(httpEffect, CurrentUser, user)
        )
    }))
  ),
  Layer.succeed(RateLimit, (httpEffect) => httpEffect),
  Layer.succeed(Idempotency, (httpEffect) => httpEffect),
  Layer.succeed(BodyLimits, (httpEffect) => httpEffect),
  Layer.succeed(ErrorHandler, (httpEffect) => httpEffect)
)

const groups = Layer.unwrap(
  Effect.map(Handlers, (handlers) =>
    Layer.mergeAll(
      HttpApiBuilder.group(Api, "tasks", (group) => group.handleAll(handlers.tasks)),
      HttpApiBuilder.group(Api, "trash", (group) => group.handleAll(handlers.trash)),
      HttpApiBuilder.group(Api, "recurrence", (group) => group.handleAll(handlers.recurrence)),
      HttpApiBuilder.group(Api, "projects", (group) => group.handleAll(handlers.projects)),
      HttpApiBuilder.group(Api, "tags", (group) => group.handleAll(handlers.tags)),
      HttpApiBuilder.group(Api, "changes", (group) => group.handleAll(handlers.changes)),
      HttpApiBuilder.group(Api, "account", (group) => group.handleAll(handlers.account)),
      HttpApiBuilder.group(Api, "events", (group) => group.handleAll(handlers.events)),
      HttpApiBuilder.group(Api, "export", (group) => group.handleAll(handlers.export)),
      HttpApiBuilder.group(Api, "me", (group) => group.handleAll(handlers.me)),
      HttpApiBuilder.group(Api, "health", (group) => group.handleAll(handlers.health))
    )
  )
).pipe(Layer.provide(Handlers.layer))

type Send = (path: string, init: RequestInit) => Effect.Effect<Response>

/** The same handlers twice: behind the library's HttpApiBuilder, and behind the compiler and the pipeline. */
class Servers extends Context.Service<Servers, { readonly library: Send; readonly service: Send }>()(
  "test/server/Servers"
) {
  static readonly layer = Layer.effect(
    Servers,
    Effect.gen(function* () {
      const { dispose, handler } = HttpRouter.toWebHandler(
        HttpApiBuilder.layer(Api).pipe(
          Layer.provide(groups),
          Layer.provide(middleware),
          Layer.provide(services),
          Layer.provide(HttpServer.layerServices)
        ),
        { routerConfig: { caseSensitive: true, ignoreTrailingSlash: false }, disableLogger: true }
      )
      yield* Effect.addFinalizer(() => Effect.promise(dispose))
      const origin = yield* listen(yield* Effect.provide(makeListener, services))
      return {
        library: (path, init) => Effect.promise(() => handler(new Request(`http://localhost${path}`, init))),
        service: (path, init) => Effect.promise(() => fetch(`${origin}${path}`, init))
      }
    })
  )
}

// Headers that the contract declares, and the type of the body. The pipeline adds others to all responses.
const compared = [
  ...["content-type", "etag", "location", "link", "x-total-count", "retry-after", "www-authenticate"],
  ...["content-disposition", "accept-patch"]
]

/** What must be equal. The library leaves the request's id empty and the type of an empty body aside. */
const essence = (response: Response) =>
  Effect.promise(async () => {
    const text = await response.text()
    const type = response.headers.get("content-type") ?? ""
    const { request_id: _, ...body } = /[/+]json$/.test(type) && text.startsWith("{") ? JSON.parse(text) : { text }
    return {
      status: response.status,
      headers: compared.flatMap((name) => {
        const value = response.headers.get(name)
        return value === null || (name === "content-type" && text === "") ? [] : [`${name}: ${value}`]
      }),
      body
    }
  })

interface Case {
  readonly as?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

const json = (body: unknown, headers = {}): Case => ({
  body,
  headers: { "content-type": "application/json", ...headers }
})

const resources = ["tasks", "projects", "tags"] as const
const valid = { tasks: { title: "Buy milk" }, projects: { name: "Home" }, tags: { name: "errand" } }

const equal: ReadonlyArray<readonly [string, string, Case?]> = [
  ...resources.flatMap((name) => [
    ["GET", `/api/${name}`] as const,
    ["GET", `/api/${name}?limit=1&count=exact`] as const,
    ["GET", `/api/${name}?limit=1&offset=3`] as const,
    ["HEAD", `/api/${name}`] as const,
    ["POST", `/api/${name}`, json(valid[name])] as const,
    ["GET", `/api/${name}/${id}`] as const,
    ["GET", `/api/${name}/${missing}`] as const,
    ["GET", `/api/${name}/${id}`, { headers: { "if-none-match": '"3"' } }] as const,
    ["GET", `/api/${name}/${id}`, { headers: { "if-none-match": '"2", W/"7"' } }] as const,
    ["PATCH", `/api/${name}/${id}`, json(valid[name])] as const,
    ["PATCH", `/api/${name}/${id}`, json(valid[name], { "if-match": '"3"' })] as const,
    ["PATCH", `/api/${name}/${id}`, json(valid[name], { "if-match": '"2"' })] as const,
    ["PATCH", `/api/${name}/${id}`, json({}, { "content-type": "application/merge-patch+json" })] as const,
    ["PUT", `/api/${name}/${id}`, json(valid[name], { "if-match": "*" })] as const,
    ["DELETE", `/api/${name}/${id}`] as const,
    ["DELETE", `/api/${name}/${id}`, { headers: { "if-match": '"9"' } }] as const
  ]),
  ["GET", "/api/tasks?status=pending&status=completed&priority=high&q=milk%20and%20eggs&sort=-title"],
  ["POST", "/api/tasks", json({ title: "exists" })],
  ["POST", "/api/tasks", json({ title: "in trash" })],
  ["POST", "/api/tasks", json({ title: "reference" })],
  ["POST", "/api/tags", json({ name: "taken" })],
  ["POST", `/api/tasks/${id}/move`, json({ before: missing })],
  ["POST", "/api/tasks/parse", json({ text: "Buy milk on Dec 3 at 9", now: common.created_at })],
  ["POST", "/api/tasks/parse", json({ text: "Café #home @errand !high", language: "fr" })],
  ["GET", `/api/tasks/${id}/completions?count=exact`],
  ["GET", `/api/tasks/${missing}/completions`],
  ["POST", "/api/recurrence/preview", json({ rrule: "FREQ=DAILY", due: { date: "2026-12-01" } })],
  [
    "POST",
    "/api/recurrence/preview",
    json({ rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", due: { date: "2026-12-01" } })
  ],
  ["POST", "/api/tasks/bulk", json({ operations: [{ op: "delete", id }] })],
  ["GET", "/api/trash"],
  ["POST", `/api/tasks/${id}/restore`],
  ["POST", `/api/tasks/${missing}/restore`],
  ["DELETE", `/api/trash/${id}`],
  ["GET", "/api/changes"],
  ["GET", `/api/changes?limit=1&cursor=${encodeCursor(TestAuth.ada, { epoch: 1, seq: 2 })}`],
  ["GET", `/api/changes?cursor=${encodeCursor(TestAuth.bob, { epoch: 1, seq: 2 })}`],
  ["DELETE", "/api/account?confirm=ada"],
  ["DELETE", "/api/account?confirm=bob"],
  ["GET", "/api/export"],
  ["GET", "/api/me"],
  ["GET", "/api/me", { as: "expired" }],
  ["GET", "/api/me", { as: "forged" }],
  ["GET", "/health/live"],
  ["GET", "/health"],
  ["GET", "/health/ready"],
  ["GET", "/health/live?ts=1700000000"]
]

/** Where the pipeline answers otherwise on purpose, and why. */
const different: ReadonlyArray<readonly [reason: string, library: number, service: number, string, string, Case?]> = [
  ["an unknown path gets a problem", 404, 404, "GET", "/api/nothing"],
  ["a wrong method is 405 with Allow", 404, 405, "PUT", "/api/me"],
  ["an invalid path parameter is 422 with its error", 400, 422, "GET", "/api/tasks/7"],
  ["an invalid query is 422 with every error", 400, 422, "GET", "/api/tasks?limit=0&page=2"],
  ["an invalid header is 422", 400, 422, "DELETE", `/api/tasks/${id}`, { headers: { "if-match": "1" } }],
  ["an invalid body is 422 with every error", 400, 422, "POST", "/api/tasks", json({ title: "", x: 1 })],
  ["a body that is not JSON is 422", 400, 422, "POST", "/api/tasks", { ...json("{"), body: "{" }],
  ["a query where none is declared is 422", 200, 422, "GET", "/api/me?x=1"],
  ["a query that is not UTF-8 is 422", 200, 422, "GET", "/api/tasks?q=caf%E9"],
  ["another media type gets a problem", 415, 415, "POST", "/api/tasks", json({}, { "content-type": "text/csv" })],
  ["a defect gets a problem", 500, 500, "POST", "/api/tasks", json({ title: "defect" })],
  ["a path with a parameter after a semicolon is another path", 200, 404, "GET", "/api/tasks;limit=1"],
  ["a path that ends in a slash is another path", 400, 404, "GET", "/api/tasks/"]
]

layer(Servers.layer, { excludeTestServices: true })("The pipeline compared with HttpApiBuilder", (it) => {
  const ask = Effect.fnUntraced(function* (method: string, path: string, { as = "ada", body, headers }: Case = {}) {
    const { library, service } = yield* Servers
    const init = {
      method,
      headers: { authorization: `Bearer ${as}`, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) })
    }
    return {
      library: yield* Effect.flatMap(library(path, init), essence),
      service: yield* Effect.flatMap(service(path, init), essence)
    }
  })

  it.effect.each(equal.map((entry, n) => [`${n + 1}. ${entry[0]} ${entry[1]}`, entry] as const))(
    "responds alike to %s",
    ([, [method, path, request]]) =>
      Effect.gen(function* () {
        const { library, service } = yield* ask(method, path, request)
        assert.deepStrictEqual(service, library)
        assert.notStrictEqual(service.status, 500)
      })
  )

  it.effect.each(different)("differs on purpose: %s (%i, here %i)", ([, expected, ours, method, path, request]) =>
    Effect.gen(function* () {
      const { library, service } = yield* ask(method, path, request)
      assert.deepStrictEqual([library.status, service.status], [expected, ours])
      assert.notDeepEqual(service, library)
    })
  )
})
