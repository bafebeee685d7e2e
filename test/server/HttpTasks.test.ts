import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient, nextPage, type TestRequest, type TestResponse } from "../support/HttpTestClient.ts"
import { assertProblem, errorsOf } from "../support/ProblemAssertions.ts"
import { layerPg } from "../support/TestDatabase.ts"

const create = Effect.fnUntraced(function* (title = "Buy milk", options: TestRequest = {}) {
  const request = yield* HttpTestClient
  const response = yield* request("POST", "/api/tasks", { as: "ada", body: { title }, ...options })
  assert.strictEqual(response.status, 201, JSON.stringify(response.body))
  return response
})

layer(HttpTestClient.layer.pipe(Layer.provide(layerPg)), { excludeTestServices: true, timeout: 300_000 })(
  "The tasks of the HTTP API",
  (it) => {
    it.effect("returns 201 with Location and ETag for a created task", () =>
      Effect.gen(function* () {
        const { body, headers } = yield* create()
        const { created_at, id, position, updated_at, ...rest } = body
        assert.deepStrictEqual(rest, {
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
          completed_at: null,
          version: 1,
          user_id: "ada"
        })
        assert.match(position, /^n[0-9a-f]{14}$/)
        assert.strictEqual(created_at, updated_at)
        assert.match(id, /^[0-9a-f-]{36}$/)
        assert.strictEqual(headers.get("location"), `/api/tasks/${body.id}`)
        assert.strictEqual(headers.get("etag"), '"1"')
        assert.strictEqual(headers.get("cache-control"), "no-store")
        assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
        assert.isNull(headers.get("strict-transport-security"))
      })
    )

    it.effect("returns 304 when If-None-Match names the current version", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { headers } = yield* create()
        const path = headers.get("location") ?? ""
        for (const held of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
          const response = yield* request("GET", path, { as: "ada", headers: { "if-none-match": held } })
          assert.deepStrictEqual([response.status, response.body, response.headers.get("etag")], [304, "", '"1"'], held)
        }
        for (const other of ['"2"', '"11"', "1", "nonsense"]) {
          const response = yield* request("GET", path, { as: "ada", headers: { "if-none-match": other } })
          assert.deepStrictEqual([response.status, response.headers.get("etag")], [200, '"1"'], other)
        }
      })
    )

    it.effect("reads a task only if If-Match names its version, before it looks at If-None-Match", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: task, headers } = yield* create()
        const path = headers.get("location") ?? ""
        const read = (method: string, conditions: Record<string, string>) =>
          request(method, path, { as: "ada", headers: conditions })
        for (const other of ['"2"', 'W/"1"', '"01"']) {
          const response = yield* read("GET", { "if-match": other, "if-none-match": '"1"' })
          assertProblem(response, 412, "TASK_VERSION_CONFLICT", ["current"])
          assert.deepStrictEqual(response.body.current, task)
          assert.strictEqual((yield* read("HEAD", { "if-match": other })).status, 412)
        }
        for (const named of ['"1"', "*", '"7", "1"']) {
          assert.deepStrictEqual((yield* read("GET", { "if-match": named })).body, task)
          assert.strictEqual((yield* read("GET", { "if-match": named, "if-none-match": '"1"' })).status, 304)
        }
      })
    )

    it.effect("changes only the fields that a PUT or PATCH contains", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: task } = yield* create("t", { body: { title: "t", description: "d" } })
        const put = yield* request("PUT", `/api/tasks/${task.id}`, { as: "ada", body: { status: "completed" } })
        assert.deepInclude(put.body, { title: "t", description: "d", status: "completed", version: 2 })
        const patch = yield* request("PATCH", `/api/tasks/${task.id}`, {
          as: "ada",
          headers: { "content-type": "application/merge-patch+json" },
          body: { description: null }
        })
        assert.deepInclude(patch.body, { title: "t", description: null, status: "completed", version: 3 })
        assert.strictEqual(patch.headers.get("etag"), '"3"')
      })
    )

    it.effect("returns 412 with the current task when If-Match names another version", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: task } = yield* create()
        const path = `/api/tasks/${task.id}`
        const change = (tag: string) =>
          request("PATCH", path, { as: "ada", headers: { "if-match": tag }, body: { title: tag } })
        for (const stale of ['"2"', 'W/"1"', '"abc"', '"2", "3"']) {
          const response = yield* change(stale)
          assertProblem(response, 412, "TASK_VERSION_CONFLICT", ["current"])
          assert.deepStrictEqual(response.body.current, task)
        }
        for (const [fresh, version] of [
          ['"1"', 2],
          ['"9", "2"', 3],
          ["*", 4]
        ] as const) {
          const response = yield* change(fresh)
          assert.deepStrictEqual([response.status, response.body.version], [200, version])
        }
        const unread = yield* change("4")
        assertProblem(unread, 422, "VALIDATION_FAILED", ["errors"])
        assert.deepStrictEqual(errorsOf(unread), ["/header/if-match format"])
        const kept = yield* request("DELETE", path, { as: "ada", headers: { "if-match": '"1"' } })
        assertProblem(kept, 412, "TASK_VERSION_CONFLICT", ["current"])
        const removed = yield* request("DELETE", path, { as: "ada", headers: { "if-match": '"4"' } })
        assert.deepStrictEqual([removed.status, removed.body], [204, ""])
      })
    )

    it.effect("writes nothing while If-None-Match names the present version", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: task } = yield* create()
        const path = `/api/tasks/${task.id}`
        for (const held of ["*", '"1"', 'W/"1"', '"7", "1"']) {
          for (const method of ["PUT", "PATCH", "DELETE"]) {
            const body = method === "DELETE" ? {} : { body: { title: "u" } }
            const response = yield* request(method, path, { as: "ada", headers: { "if-none-match": held }, ...body })
            assertProblem(response, 412, "TASK_VERSION_CONFLICT", ["current"])
            assert.deepStrictEqual(response.body.current, task)
            assert.match(response.body.detail, /^If-None-Match names the version of `current`/)
          }
        }
        const headers = { "if-none-match": '"2"' }
        const changed = yield* request("PATCH", path, { as: "ada", headers, body: { title: "u" } })
        assert.deepStrictEqual([changed.status, changed.body.version], [200, 2])
        const nothing = "/api/tasks/019c2f7e-0000-7000-8000-000000000000"
        const missing = yield* request("PUT", nothing, { as: "ada", headers: { "if-none-match": "*" }, body: {} })
        assertProblem(missing, 404, "TASK_NOT_FOUND")
      })
    )

    it.effect("returns 404 for a missing task, and 409 with the existing task for a used id", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: task } = yield* create()
        const nothing = "/api/tasks/019c2f7e-0000-7000-8000-000000000000"
        assertProblem(yield* request("GET", nothing, { as: "ada" }), 404, "TASK_NOT_FOUND")
        assertProblem(yield* request("PATCH", nothing, { as: "ada", body: {} }), 404, "TASK_NOT_FOUND")
        assertProblem(
          yield* request("DELETE", nothing, { as: "ada", headers: { "if-match": '"1"' } }),
          404,
          "TASK_NOT_FOUND"
        )
        const again = yield* request("POST", "/api/tasks", { as: "ada", body: { id: task.id, title: "again" } })
        assertProblem(again, 409, "TASK_ALREADY_EXISTS", ["current"])
        assert.deepStrictEqual(again.body.current, task)
      })
    )

    it.effect("paginates lists by Link headers, with cursor or offset", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (let n = 0; n < 5; n++) yield* create(`t${n}`, { as: "walker" })
        for (const start of ["/api/tasks?limit=2&count=exact", "/api/tasks?limit=2&offset=0&count=exact"]) {
          const titles: Array<string> = []
          let path: string | undefined = start
          while (path !== undefined) {
            const page: TestResponse = yield* request("GET", path, { as: "walker" })
            assert.strictEqual(page.status, 200)
            assert.strictEqual(page.headers.get("x-total-count"), "5")
            titles.push(...page.body.map((task: { title: string }) => task.title))
            const next: string | undefined = page.headers.get("link")?.match(/^<(\?[^>]+)>; rel="next"$/)?.[1]
            path = next && `/api/tasks${next}`
          }
          assert.deepStrictEqual(titles, ["t4", "t3", "t2", "t1", "t0"])
        }
        const all = yield* request("GET", "/api/tasks", { as: "walker" })
        assert.deepStrictEqual(
          [all.body.length, all.headers.get("link"), all.headers.get("x-total-count")],
          [5, null, null]
        )
      })
    )

    it.effect("keeps a second question mark of the query, and the text after it, in Link", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (let n = 0; n < 3; n++) yield* create(`What? ${n}`, { as: "asker" })
        const first = yield* request("GET", "/api/tasks?limit=2&q=what?", { as: "asker" })
        const next = nextPage("/api/tasks", first)
        assert.strictEqual(new URLSearchParams(next.split("?")[1]).get("q"), "what?")
        const second = yield* request("GET", next, { as: "asker" })
        assert.deepStrictEqual([first.body.length, second.body.length], [2, 1])
      })
    )
  }
)
