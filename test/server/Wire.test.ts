import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { queryFingerprint } from "../../src/domain/Pagination.ts"
import { HttpTestClient, nextPage, type TestRequest, type TestResponse } from "../support/HttpTestClient.ts"
import { layerPg } from "../support/TestDatabase.ts"

const members = ["code", "detail", "request_id", "status", "title", "type"]

/** What every answer from 400 up must be, whoever gives it. */
const assertProblem = (answer: TestResponse, status: number, code: string, more: ReadonlyArray<string> = []) => {
  assert.strictEqual(answer.status, status, JSON.stringify(answer.body))
  assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
  assert.deepStrictEqual(Object.keys(answer.body).toSorted(), [...members, ...more].toSorted())
  assert.deepInclude(answer.body, { status, code, request_id: answer.headers.get("x-request-id") })
  assert.match(answer.body.type, /^urn:tasks:[a-z-]+$/)
  assert.isAbove(answer.body.detail.length, 0)
}

const faults = ({ body }: TestResponse) =>
  body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)

const cursor = (list: number, key = "2026-11-20T09:30:00.000Z") =>
  Buffer.from(JSON.stringify({ list, key, id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e" })).toString("base64url")

const create = Effect.fnUntraced(function* (title = "Buy milk", ask: TestRequest = {}) {
  const request = yield* HttpTestClient
  const answer = yield* request("POST", "/api/tasks", { as: "ada", body: { title }, ...ask })
  assert.strictEqual(answer.status, 201, JSON.stringify(answer.body))
  return answer
})

layer(HttpTestClient.layer.pipe(Layer.provide(layerPg)), { excludeTestServices: true, timeout: 300_000 })(
  "HTTP API",
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
          const answer = yield* request("GET", path, { as: "ada", headers: { "if-none-match": held } })
          assert.deepStrictEqual([answer.status, answer.body, answer.headers.get("etag")], [304, "", '"1"'], held)
        }
        for (const other of ['"2"', '"11"', "1", "nonsense"]) {
          const answer = yield* request("GET", path, { as: "ada", headers: { "if-none-match": other } })
          assert.deepStrictEqual([answer.status, answer.headers.get("etag")], [200, '"1"'], other)
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
          const answer = yield* change(stale)
          assertProblem(answer, 412, "TASK_VERSION_CONFLICT", ["current"])
          assert.deepStrictEqual(answer.body.current, task)
        }
        for (const [fresh, version] of [
          ['"1"', 2],
          ['"9", "2"', 3],
          ["*", 4]
        ] as const) {
          const answer = yield* change(fresh)
          assert.deepStrictEqual([answer.status, answer.body.version], [200, version])
        }
        const unread = yield* change("4")
        assertProblem(unread, 422, "VALIDATION_FAILED", ["errors"])
        assert.deepStrictEqual(faults(unread), ["/header/if-match format"])
        const kept = yield* request("DELETE", path, { as: "ada", headers: { "if-match": '"1"' } })
        assertProblem(kept, 412, "TASK_VERSION_CONFLICT", ["current"])
        const removed = yield* request("DELETE", path, { as: "ada", headers: { "if-match": '"4"' } })
        assert.deepStrictEqual([removed.status, removed.body], [204, ""])
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

    it.effect("repeats in Link what follows a second question mark of the query", () =>
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

    it.effect("returns 422 for a query that is not UTF-8", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const response = yield* request("GET", "/api/tasks?q=caf%E9", { as: "ada" })
        assertProblem(response, 422, "VALIDATION_FAILED", ["errors"])
      })
    )

    it.effect("reports every error in path, query, headers and body", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const answer = yield* request("PATCH", "/api/tasks/7?colour=red", {
          as: "ada",
          headers: { "if-match": "1" },
          body: { title: " ", description: "\0", status: "done", version: 3, user_id: "bob" }
        })
        assertProblem(answer, 422, "VALIDATION_FAILED", ["errors"])
        assert.sameMembers(faults(answer), [
          "/path/task_id format",
          "/query/colour unknown",
          "/header/if-match format",
          "/body/title blank",
          "/body/description text",
          "/body/status one_of",
          "/body/version unknown",
          "/body/user_id unknown"
        ])
        const long = yield* request("POST", "/api/tasks", { as: "ada", body: { title: "😀".repeat(201) } })
        assert.deepStrictEqual(long.body.errors, [
          {
            pointer: "/body/title",
            code: "too_long",
            message: "Must have at most 200 characters",
            params: { max: 200 }
          }
        ])
        assert.strictEqual((yield* create("😀".repeat(200))).body.title.length, 400)
      })
    )

    it.effect.each([
      ["limit=0", "/query/limit range"],
      ["limit=201", "/query/limit range"],
      ["limit=-1", "/query/limit type"],
      ["limit=1e2", "/query/limit type"],
      ["limit=", "/query/limit type"],
      ["limit=1&limit=2", "/query/limit type"],
      ["offset=1000001", "/query/offset range"],
      ["offset=99999999999", "/query/offset type"],
      ["count=roughly", "/query/count type"],
      ["cursor=abc", "/query/cursor cursor"],
      ["cursor=eyJhIjoxfQ", "/query/cursor cursor"],
      ["page=2", "/query/page unknown"],
      [`offset=1&cursor=${cursor(queryFingerprint({}))}`, "/query/offset conflict"],
      [`cursor=${cursor(queryFingerprint({}))}&status=pending`, "/query/cursor cursor"],
      [`cursor=${cursor(queryFingerprint({ sort: "title" }))}`, "/query/cursor cursor"],
      [`cursor=${cursor(queryFingerprint({}), "not a time")}`, "/query/cursor cursor"],
      [`cursor=${cursor(queryFingerprint({}), "2026-13-45T99:99:99.999Z")}`, "/query/cursor cursor"],
      [
        `sort=position&cursor=${cursor(queryFingerprint({ sort: "position" }), "2026-11-20T09:30:00.000Z")}`,
        "/query/cursor cursor"
      ],
      ["sort=name", "/query/sort one_of"],
      ["status=done", "/query/status/0 one_of"],
      ["project_id=7", "/query/project_id format"],
      ["tag_id=none", "/query/tag_id/0 format"],
      ["due_before=tomorrow", "/query/due_before format"],
      ["q=", "/query/q blank"]
    ])("a list asked for with %s is refused: %s", ([query, fault]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const answer = yield* request("GET", `/api/tasks?${query}`, { as: "ada" })
        assertProblem(answer, 422, "VALIDATION_FAILED", ["errors"])
        assert.deepStrictEqual(faults(answer), [fault])
      })
    )

    it.effect.each([
      ["not JSON", '{"title":', "/body json"],
      ["nothing", "", "/body json"],
      ["an array", "[]", "/body type"],
      ["null", "null", "/body type"],
      ["a deep nest", "[".repeat(20_000), "/body depth"],
      ["a deep nest behind a string with brackets", `["\\"]", ${"[".repeat(16)}`, "/body depth"],
      ["a string that never ends", `"${'\\"'.repeat(30_000)}`, "/body json"],
      ["a string full of brackets", JSON.stringify({ title: "[".repeat(201) }), "/body/title too_long"],
      ["half of a surrogate pair", '{"title":"\\ud800"}', "/body/title text"],
      ["NUL", '{"title":"a\\u0000b"}', "/body/title text"],
      ["a prototype", '{"title":"t","__proto__":{"x":1}}', "/body/__proto__ unknown"],
      ["a number for a title", '{"title":1}', "/body/title type"],
      ["null for a title", '{"title":null}', "/body/title type"],
      ["no title", "{}", "/body/title required"]
    ])("a body that is %s is refused", ([, body, fault]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const answer = yield* request("POST", "/api/tasks", { as: "ada", body })
        assertProblem(answer, 422, "VALIDATION_FAILED", ["errors"])
        assert.deepStrictEqual(faults(answer), [fault])
      })
    )

    it.effect("accepts the titles that the table's check accepts, and rejects titles of only white space", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        // JavaScript does not trim U+0085 or U+180E; PostgreSQL calls the first a space.
        for (const title of ["\u0085", "\u180e", "\u200b", "\ufeff x"]) {
          assert.strictEqual((yield* request("POST", "/api/tasks", { as: "ada", body: { title } })).status, 201)
        }
        for (const title of ["\u00a0", "\u3000", "\ufeff", "\u2028"]) {
          assert.strictEqual((yield* request("POST", "/api/tasks", { as: "ada", body: { title } })).status, 422)
        }
      })
    )

    it.effect("returns 422 for a body that is not UTF-8", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const answer = yield* request("POST", "/api/tasks", {
          as: "ada",
          body: Buffer.from('{"title":"caf\xe9"}', "latin1")
        })
        assert.deepStrictEqual(faults(answer), ["/body utf8"])
      })
    )

    it.effect("checks the media type, then the size, then the content of a body", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const big = "x".repeat(64 * 1024 + 1)
        const send = (type: string, body: string, more = {}) =>
          request("POST", "/api/tasks?x=1", { as: "ada", headers: { "content-type": type, ...more }, body })
        assertProblem(yield* send("text/plain", big), 415, "UNSUPPORTED_MEDIA_TYPE")
        assertProblem(yield* send("application/json; charset=utf-16", "{}"), 415, "UNSUPPORTED_MEDIA_TYPE")
        assertProblem(
          yield* send("application/json", "{}", { "content-encoding": "gzip" }),
          415,
          "UNSUPPORTED_MEDIA_TYPE"
        )
        assertProblem(yield* send("application/json", big), 413, "PAYLOAD_TOO_LARGE")
        assertProblem(yield* send("application/json; charset=UTF-8", "{}"), 422, "VALIDATION_FAILED", ["errors"])
      })
    )

    it.effect("returns 415 with Accept-Patch for a PATCH of another media type, and without it for a POST", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const options = { as: "ada", headers: { "content-type": "text/plain" }, body: "{}" }
        const patch = yield* request("PATCH", "/api/tasks/019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e", options)
        assertProblem(patch, 415, "UNSUPPORTED_MEDIA_TYPE", ["accept_patch"])
        assert.strictEqual(patch.headers.get("accept-patch"), "application/json, application/merge-patch+json")
        const post = yield* request("POST", "/api/tasks", options)
        assertProblem(post, 415, "UNSUPPORTED_MEDIA_TYPE")
        assert.isNull(post.headers.get("accept-patch"))
      })
    )

    it.effect("lists at most 100 errors in a response below 64 KiB", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`x${n}`, n]))
        const refused = yield* request("POST", "/api/tasks", { as: "ada", body: { title: "t", ...unknown } })
        assertProblem(refused, 422, "VALIDATION_FAILED", ["errors", "errors_truncated"])
        assert.lengthOf(refused.body.errors, 100)
        assert.isTrue(refused.body.errors_truncated)
        assert.isBelow(JSON.stringify(refused.body).length, 64 * 1024)
      })
    )

    it.effect("lists for an array that is too long that, and the errors of as many entries as are allowed", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const body = { title: "", tag_ids: Array.from({ length: 5000 }, () => "x") }
        const refused = yield* request("POST", "/api/tasks", { as: "ada", body })
        assertProblem(refused, 422, "VALIDATION_FAILED", ["errors"])
        const [tooMany, ...others] = refused.body.errors
        assert.deepInclude(tooMany, { pointer: "/body/tag_ids", code: "too_many", params: { max: 50 } })
        const entries = Array.from({ length: 50 }, (_, n) => `/body/tag_ids/${n}`)
        assert.sameMembers(
          others.map(({ pointer }: { readonly pointer: string }) => pointer),
          ["/body/title", ...entries]
        )
      })
    )

    it.effect.each(["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])(
      "stores the due date %s, returns it and accepts it again",
      (due_at) =>
        Effect.gen(function* () {
          const request = yield* HttpTestClient
          const { body: task } = yield* request("POST", "/api/tasks", { as: "ada", body: { title: "edge", due_at } })
          assert.strictEqual(task.due_at, due_at)
          const again = yield* request("PATCH", `/api/tasks/${task.id}`, { as: "ada", body: { due_at: task.due_at } })
          assert.strictEqual(again.body.due_at, due_at)
        })
    )

    it.effect("returns 401 before it checks anything else of the request", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const ask = { headers: { "content-type": "text/plain" }, body: "x".repeat(100_000) }
        const none = yield* request("POST", "/api/tasks?x=1", ask)
        assertProblem(none, 401, "TOKEN_MISSING")
        assert.strictEqual(none.headers.get("www-authenticate"), "Bearer")
        const basic = yield* request("GET", "/api/me", { headers: { authorization: "Basic YWRhOmFkYQ==" } })
        assertProblem(basic, 401, "TOKEN_MISSING")
        const expired = yield* request("POST", "/api/tasks?x=1", { as: "expired", ...ask })
        assertProblem(expired, 401, "TOKEN_EXPIRED")
        assert.strictEqual(
          expired.headers.get("www-authenticate"),
          'Bearer error="invalid_token", error_description="Expired."'
        )
      })
    )

    it.effect("returns 404 for an unknown path and 405 with Allow for a wrong method, also without a token", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (const path of [
          "/",
          "/api",
          "/api/task",
          "/API/tasks",
          "/api//tasks",
          "/docs/",
          "/api/tasks/a/b",
          "/api/tasks/%zz"
        ]) {
          assertProblem(yield* request("GET", path), 404, "ROUTE_NOT_FOUND")
        }
        for (const [method, path, allow] of [
          ["DELETE", "/api/tasks", "GET, HEAD, POST"],
          ["POST", "/api/tasks/7", "GET, HEAD, PATCH, PUT, DELETE"],
          ["PROPFIND", "/api/me", "GET, HEAD"],
          ["OPTIONS", "/health", "GET, HEAD"],
          ["POST", "/docs", "GET, HEAD"]
        ] as const) {
          const answer = yield* request(method, path)
          assertProblem(answer, 405, "METHOD_NOT_ALLOWED", ["allow"])
          assert.strictEqual(answer.headers.get("allow"), allow)
        }
      })
    )

    it.effect("keeps a valid X-Request-Id and replaces an invalid one", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const given = yield* request("GET", "/health/live", { headers: { "x-request-id": "trace-7.a_b:C" } })
        assert.strictEqual(given.headers.get("x-request-id"), "trace-7.a_b:C")
        for (const odd of ["a b", "x".repeat(129), "<script>", ""]) {
          const { headers } = yield* request("GET", "/health/live", { headers: { "x-request-id": odd } })
          assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/)
        }
      })
    )

    it.effect("returns the claims of the token at /api/me", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body } = yield* request("GET", "/api/me", { as: "ada" })
        assert.deepStrictEqual(body, {
          id: "ada",
          email: "ada@example.com",
          name: null,
          expires_at: "2999-01-01T00:00:00.000Z"
        })
        assertProblem(yield* request("GET", "/api/me?x=1", { as: "ada" }), 422, "VALIDATION_FAILED", ["errors"])
      })
    )

    it.effect("serves the OpenAPI document and its page without a token, and the page needs no other host", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const document = yield* request("GET", "/openapi.json")
        assert.deepStrictEqual([document.status, document.body.openapi], [200, "3.1.0"])
        assert.isNull(document.headers.get("content-security-policy"))
        const page = yield* request("GET", "/docs")
        assert.include(page.headers.get("content-security-policy"), "default-src 'none'; script-src 'self'; ")
        assert.strictEqual(page.status, 200)
        assert.deepStrictEqual(
          page.body.match(/<(script|link)[^>]+(src|href)="[^"]*"/g).map((tag: string) => tag.replace(/\.\w+\.js/, "")),
          ['<script src="/docs/scalar"']
        )
      })
    )

    it.effect("compresses the documentation page and its script, and lets clients keep the script", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body, headers } = yield* request("GET", "/docs")
        assert.deepStrictEqual([headers.get("content-encoding"), headers.get("cache-control")], ["gzip", "no-store"])
        const [, name] = /src="(.*\.js)"/.exec(body) ?? []
        const script = yield* request("GET", name ?? "")
        assert.strictEqual(script.headers.get("cache-control"), "public, max-age=31536000, immutable")
        assert.strictEqual(script.headers.get("content-encoding"), "gzip")
        assert.isBelow(Number(script.headers.get("content-length")), 1_000_000)
        for (const accepted of ["identity", "gzip;q=0, br"]) {
          const plain = yield* request("GET", name ?? "", { headers: { "accept-encoding": accepted } })
          assert.isNull(plain.headers.get("content-encoding"))
          assert.strictEqual(plain.headers.get("vary"), "Accept-Encoding")
          assert.strictEqual(plain.body, script.body)
        }
        assertProblem(yield* request("GET", "/docs/scalar.0000000000000000.js"), 404, "ROUTE_NOT_FOUND")
      })
    )
  }
)
