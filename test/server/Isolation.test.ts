import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { HttpTestClient, nextPage, type TestRequest, type TestResponse } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

/** Every operation on a row of another user, by its resource and its name in the contract. */
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
          completions: (id: string) => ["GET", `/api/tasks/${id}/completions`, {}],
          move: (id: string) => ["POST", `/api/tasks/${id}/move`, { body: { before: id } }]
        })
      } satisfies Record<string, (id: string) => readonly [method: string, path: string, ask: TestRequest]>
    }
  ])
)

/** An answer without what differs between any two answers. */
const essence = ({ body, headers, status }: TestResponse) => {
  const { request_id: _, ...rest } = body
  return [status, rest, Array.from(headers).filter(([name]) => name !== "x-request-id" && name !== "date")]
}

describe.each(all)("Isolation of users on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect.each(Object.entries(attempts))(
      "another user's row has the same response as a row that does not exist, in every operation on %s",
      ([resource, { body, operations }]) =>
        Effect.gen(function* () {
          const request = yield* HttpTestClient
          const { body: secret } = yield* request("POST", `/api/${resource}`, { as: "ada", body })
          for (const attempt of Object.values(operations)) {
            for (const headers of [{}, { "if-match": '"1"' }, { "if-match": '"2"' }, { "if-none-match": '"1"' }]) {
              const [method, path, ask] = attempt(secret.id)
              const [, nowhere] = attempt("019c2f7e-0000-7000-8000-000000000000")
              const theirs = yield* request(method, path, { ...ask, headers, as: "bob" })
              const nobodys = yield* request(method, nowhere, { ...ask, headers, as: "bob" })
              assert.strictEqual(theirs.status, 404)
              assert.deepStrictEqual(essence(theirs), essence(nobodys))
            }
          }
          const { body: unchanged } = yield* request("GET", `/api/${resource}/${secret.id}`, { as: "ada" })
          assert.deepStrictEqual(unchanged, secret)
        })
    )

    it.effect("a task cannot refer to another user's project or tag", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: project } = yield* request("POST", "/api/projects", { as: "ada", body: { name: "secret" } })
        const { body: tag } = yield* request("POST", "/api/tags", { as: "ada", body: { name: "secret" } })
        const { body: task } = yield* request("POST", "/api/tasks", { as: "bob", body: { title: "his" } })
        const nobodys = "019c2f7e-0000-7000-8000-000000000000"
        for (const [theirs, nowhere] of [
          [{ project_id: project.id }, { project_id: nobodys }],
          [{ tag_ids: [tag.id] }, { tag_ids: [nobodys] }]
        ]) {
          for (const [method, path] of [
            ["POST", "/api/tasks"],
            ["PATCH", `/api/tasks/${task.id}`]
          ] as const) {
            const answer = yield* request(method, path, { as: "bob", body: { title: "t", ...theirs } })
            assert.deepInclude(answer.body, { status: 422, code: "VALIDATION_FAILED" })
            assert.deepStrictEqual(
              essence(answer),
              essence(yield* request(method, path, { as: "bob", body: { title: "t", ...nowhere } }))
            )
          }
        }
        for (const filter of [`project_id=${project.id}`, `tag_id=${tag.id}`]) {
          assert.deepStrictEqual((yield* request("GET", `/api/tasks?${filter}`, { as: "bob" })).body, [])
        }
        assert.deepStrictEqual((yield* request("GET", `/api/tasks/${task.id}`, { as: "bob" })).body, task)
      })
    )

    it.effect("another user's trash is invisible", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: task } = yield* request("POST", "/api/tasks", { as: "ada", body: { title: "put away" } })
        yield* request("DELETE", `/api/tasks/${task.id}`, { as: "ada" })
        const nobodys = "019c2f7e-0000-7000-8000-000000000000"
        assert.deepStrictEqual((yield* request("GET", "/api/trash", { as: "bob" })).body, [])
        for (const [method, path] of [
          ["POST", (id: string) => `/api/tasks/${id}/restore`],
          ["DELETE", (id: string) => `/api/trash/${id}`]
        ] as const) {
          const theirs = yield* request(method, path(task.id), { as: "bob" })
          assert.strictEqual(theirs.status, 404)
          assert.deepStrictEqual(essence(theirs), essence(yield* request(method, path(nobodys), { as: "bob" })))
        }
        const { body: mine } = yield* request("POST", "/api/tasks", { as: "bob", body: { title: "mine" } })
        const moved = yield* request("POST", `/api/tasks/${mine.id}/move`, { as: "bob", body: { after: task.id } })
        assert.strictEqual(moved.status, 404)
        assert.strictEqual((yield* request("POST", `/api/tasks/${task.id}/restore`, { as: "ada" })).status, 200)
      })
    )

    it.effect("lists, counts and cursors contain only the caller's tasks", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (let n = 0; n < 3; n++) yield* request("POST", "/api/tasks", { as: "carol", body: { title: `c${n}` } })
        const carols = yield* request("GET", "/api/tasks?limit=1", { as: "carol" })
        const next = nextPage("/api/tasks", carols)
        for (const path of ["/api/tasks?count=exact", "/api/tasks?offset=0&count=exact", `${next}&count=exact`]) {
          const dans = yield* request("GET", path, { as: "dan" })
          assert.deepStrictEqual([dans.status, dans.body, dans.headers.get("x-total-count")], [200, [], "0"], path)
        }
      })
    )

    it.effect("creating a row with an id of another user succeeds and does not change that user's row", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: hers } = yield* request("POST", "/api/tasks", { as: "ada", body: { title: "hers" } })
        const his = yield* request("POST", "/api/tasks", { as: "bob", body: { id: hers.id, title: "his" } })
        assert.deepStrictEqual([his.status, his.body.user_id, his.body.version], [201, "bob", 1])
        assert.deepStrictEqual((yield* request("GET", `/api/tasks/${hers.id}`, { as: "ada" })).body, hers)
      })
    )

    it.effect("every protected operation returns 401 without a token", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
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
            const answer = yield* request(method, path.replace(/:\w+/, "not-even-an-id"), {
              ...(as !== undefined && { as }),
              ...(method !== "GET" && { body: "nonsense" })
            })
            assert.strictEqual(answer.status, 401, `${method} ${path}`)
          }
        }
      })
    )

    it.effect("these tests cover every operation with an id", () =>
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
