import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { type Answer, type Ask, nextPage, Wire } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

/** Every operation on a row of somebody else's, by its resource and its name in the contract. */
const attempts = Object.fromEntries(
  (
    [
      ["tasks", { title: "changed" }],
      ["projects", { name: "changed" }],
      ["tags", { name: "changed" }]
    ] as const
  ).map(([resource, body]) => [
    resource,
    {
      body,
      operations: {
        get: (id: string) => ["GET", `/api/${resource}/${id}`, {}],
        update: (id: string) => ["PATCH", `/api/${resource}/${id}`, { body }],
        put: (id: string) => ["PUT", `/api/${resource}/${id}`, { body }],
        remove: (id: string) => ["DELETE", `/api/${resource}/${id}`, {}],
        ...(resource === "tasks" && {
          move: (id: string) => ["POST", `/api/tasks/${id}/move`, { body: { before: id } }]
        })
      } satisfies Record<string, (id: string) => readonly [method: string, path: string, ask: Ask]>
    }
  ])
)

/** An answer without what differs between any two answers. */
const essence = ({ body, headers, status }: Answer) => {
  const { request_id: _, ...rest } = body
  return [status, rest, Array.from(headers).filter(([name]) => name !== "x-request-id" && name !== "date")]
}

describe.each(all)("Between two users on %s", (_, database) => {
  layer(Wire.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect.each(Object.entries(attempts))(
      "another's row answers exactly as one that does not exist, on every operation: %s",
      ([resource, { body, operations }]) =>
        Effect.gen(function* () {
          const wire = yield* Wire
          const { body: secret } = yield* wire("POST", `/api/${resource}`, { as: "ada", body })
          for (const attempt of Object.values(operations)) {
            for (const headers of [{}, { "if-match": '"1"' }, { "if-match": '"2"' }, { "if-none-match": '"1"' }]) {
              const [method, path, ask] = attempt(secret.id)
              const [, nowhere] = attempt("019c2f7e-0000-7000-8000-000000000000")
              const theirs = yield* wire(method, path, { ...ask, headers, as: "bob" })
              const nobodys = yield* wire(method, nowhere, { ...ask, headers, as: "bob" })
              assert.strictEqual(theirs.status, 404)
              assert.deepStrictEqual(essence(theirs), essence(nobodys))
            }
          }
          const { body: unchanged } = yield* wire("GET", `/api/${resource}/${secret.id}`, { as: "ada" })
          assert.deepStrictEqual(unchanged, secret)
        })
    )

    it.effect("another's project or tag cannot be named, and answers as one that does not exist", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        const { body: project } = yield* wire("POST", "/api/projects", { as: "ada", body: { name: "secret" } })
        const { body: tag } = yield* wire("POST", "/api/tags", { as: "ada", body: { name: "secret" } })
        const { body: task } = yield* wire("POST", "/api/tasks", { as: "bob", body: { title: "his" } })
        const nobodys = "019c2f7e-0000-7000-8000-000000000000"
        for (const [theirs, nowhere] of [
          [{ project_id: project.id }, { project_id: nobodys }],
          [{ tag_ids: [tag.id] }, { tag_ids: [nobodys] }]
        ]) {
          for (const [method, path] of [
            ["POST", "/api/tasks"],
            ["PATCH", `/api/tasks/${task.id}`]
          ] as const) {
            const answer = yield* wire(method, path, { as: "bob", body: { title: "t", ...theirs } })
            assert.deepInclude(answer.body, { status: 422, code: "VALIDATION_FAILED" })
            assert.deepStrictEqual(
              essence(answer),
              essence(yield* wire(method, path, { as: "bob", body: { title: "t", ...nowhere } }))
            )
          }
        }
        for (const filter of [`project_id=${project.id}`, `tag_id=${tag.id}`]) {
          assert.deepStrictEqual((yield* wire("GET", `/api/tasks?${filter}`, { as: "bob" })).body, [])
        }
        assert.deepStrictEqual((yield* wire("GET", `/api/tasks/${task.id}`, { as: "bob" })).body, task)
      })
    )

    it.effect("another's trash is as invisible as another's list", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        const { body: task } = yield* wire("POST", "/api/tasks", { as: "ada", body: { title: "put away" } })
        yield* wire("DELETE", `/api/tasks/${task.id}`, { as: "ada" })
        const nobodys = "019c2f7e-0000-7000-8000-000000000000"
        assert.deepStrictEqual((yield* wire("GET", "/api/trash", { as: "bob" })).body, [])
        for (const [method, path] of [
          ["POST", (id: string) => `/api/tasks/${id}/restore`],
          ["DELETE", (id: string) => `/api/trash/${id}`]
        ] as const) {
          const theirs = yield* wire(method, path(task.id), { as: "bob" })
          assert.strictEqual(theirs.status, 404)
          assert.deepStrictEqual(essence(theirs), essence(yield* wire(method, path(nobodys), { as: "bob" })))
        }
        const { body: mine } = yield* wire("POST", "/api/tasks", { as: "bob", body: { title: "mine" } })
        const moved = yield* wire("POST", `/api/tasks/${mine.id}/move`, { as: "bob", body: { after: task.id } })
        assert.strictEqual(moved.status, 404)
        assert.strictEqual((yield* wire("POST", `/api/tasks/${task.id}/restore`, { as: "ada" })).status, 200)
      })
    )

    it.effect("a list, its count and its cursors show the caller's tasks only", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        for (let n = 0; n < 3; n++) yield* wire("POST", "/api/tasks", { as: "carol", body: { title: `c${n}` } })
        const carols = yield* wire("GET", "/api/tasks?limit=1", { as: "carol" })
        const next = nextPage("/api/tasks", carols)
        for (const path of ["/api/tasks?count=exact", "/api/tasks?offset=0&count=exact", `${next}&count=exact`]) {
          const dans = yield* wire("GET", path, { as: "dan" })
          assert.deepStrictEqual([dans.status, dans.body, dans.headers.get("x-total-count")], [200, [], "0"], path)
        }
      })
    )

    it.effect("creating under another's id tells nothing of it and touches nothing", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        const { body: hers } = yield* wire("POST", "/api/tasks", { as: "ada", body: { title: "hers" } })
        const his = yield* wire("POST", "/api/tasks", { as: "bob", body: { id: hers.id, title: "his" } })
        assert.deepStrictEqual([his.status, his.body.user_id, his.body.version], [201, "bob", 1])
        assert.deepStrictEqual((yield* wire("GET", `/api/tasks/${hers.id}`, { as: "ada" })).body, hers)
      })
    )

    it.effect("every operation that needs a token refuses a stranger", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        const guarded: Array<readonly [string, string]> = []
        HttpApi.reflect(Api, {
          onGroup: () => {},
          onEndpoint: ({ endpoint, group }) => {
            if (group.identifier !== "health") guarded.push([endpoint.method, endpoint.path])
          }
        })
        assert.isAbove(guarded.length, 6)
        for (const [method, path] of guarded) {
          for (const as of [undefined, "forged"]) {
            const answer = yield* wire(method, path.replace(/:\w+/, "not-even-an-id"), {
              ...(as !== undefined && { as }),
              ...(method !== "GET" && { body: "nonsense" })
            })
            assert.strictEqual(answer.status, 401, `${method} ${path}`)
          }
        }
      })
    )

    it.effect("of everything that takes an id nothing was forgotten here", () =>
      Effect.sync(() => {
        const names: Array<string> = []
        HttpApi.reflect(Api, {
          onGroup: () => {},
          onEndpoint: ({ endpoint, group }) => {
            if (endpoint.path.includes(":")) names.push(`${group.identifier}.${endpoint.identifier}`)
          }
        })
        const tried = Object.entries(attempts).flatMap(([resource, { operations }]) =>
          Object.keys(operations).map((name) => `${resource}.${name}`)
        )
        assert.sameMembers(names, [...tried, "trash.restore", "trash.remove"])
      })
    )
  })
})
