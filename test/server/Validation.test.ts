import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { isBlank } from "../../src/domain/Blank.ts"
import { listFingerprint } from "../../src/domain/Pagination.ts"
import { HttpTestClient, type TestRequest } from "../support/HttpTestClient.ts"
import { assertProblem, errorsOf } from "../support/ProblemAssertions.ts"
import { AdminSql, layerPg } from "../support/TestDatabase.ts"

const cursor = (list: number, key = "2026-11-20T09:30:00.000Z") =>
  Buffer.from(JSON.stringify({ list, key, id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e" })).toString("base64url")

const create = Effect.fnUntraced(function* (title = "Buy milk", options: TestRequest = {}) {
  const request = yield* HttpTestClient
  const response = yield* request("POST", "/api/tasks", { as: "ada", body: { title }, ...options })
  assert.strictEqual(response.status, 201, JSON.stringify(response.body))
  return response
})

layer(HttpTestClient.layer.pipe(Layer.provideMerge(layerPg)), { excludeTestServices: true, timeout: 300_000 })(
  "The validation of requests",
  (it) => {
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
        const response = yield* request("PATCH", "/api/tasks/7?colour=red", {
          as: "ada",
          headers: { "if-match": "1" },
          body: { title: " ", description: "\0", status: "done", version: 3, user_id: "bob" }
        })
        assertProblem(response, 422, "VALIDATION_FAILED", ["errors"])
        assert.sameMembers(errorsOf(response), [
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
      ["limit=1&limit=2", "/query/limit repeated"],
      ["sort=title&sort=title", "/query/sort repeated"],
      ["project_id=none&project_id=none", "/query/project_id repeated"],
      ["offset=1000001", "/query/offset range"],
      ["offset=99999999999", "/query/offset type"],
      ["count=roughly", "/query/count one_of"],
      ["cursor=abc", "/query/cursor cursor"],
      ["cursor=eyJhIjoxfQ", "/query/cursor cursor"],
      ["cursor=W10", "/query/cursor cursor"],
      ["page=2", "/query/page unknown"],
      [`offset=1&cursor=${cursor(listFingerprint("tasks", {}))}`, "/query/offset conflict"],
      [`cursor=${cursor(listFingerprint("tasks", {}))}&status=pending`, "/query/cursor cursor"],
      [`cursor=${cursor(listFingerprint("tasks", { sort: "title" }))}`, "/query/cursor cursor"],
      [`cursor=${cursor(listFingerprint("tasks", {}), "not a time")}`, "/query/cursor cursor"],
      [`cursor=${cursor(listFingerprint("tasks", {}), "2026-13-45T99:99:99.999Z")}`, "/query/cursor cursor"],
      [
        `sort=position&cursor=${cursor(listFingerprint("tasks", { sort: "position" }), "2026-11-20T09:30:00.000Z")}`,
        "/query/cursor cursor"
      ],
      ["sort=name", "/query/sort one_of"],
      ["status=done", "/query/status/0 one_of"],
      ["project_id=7", "/query/project_id format"],
      ["tag_id=none", "/query/tag_id/0 format"],
      ["due_before=tomorrow", "/query/due_before format"],
      ["q=", "/query/q blank"],
      ["q=%20", "/query/q blank"],
      ["q=%E2%80%8B%C2%A0", "/query/q blank"]
    ])("returns 422 for a list with the query %s: %s", ([query, error]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const response = yield* request("GET", `/api/tasks?${query}`, { as: "ada" })
        assertProblem(response, 422, "VALIDATION_FAILED", ["errors"])
        assert.deepStrictEqual(errorsOf(response), [error])
      })
    )

    it.effect.each(["project_id", "parent_id"])("says that the filter %s may be none", (name) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body } = yield* request("GET", `/api/tasks?${name}=null`, { as: "ada" })
        assert.deepStrictEqual(body.errors, [
          { pointer: `/query/${name}`, code: "format", message: "Must be a UUID or none" }
        ])
      })
    )

    it.effect.each([
      ["not JSON", '{"title":', "/body json"],
      ["empty", "", "/body json"],
      ["an array", "[]", "/body type"],
      ["null", "null", "/body type"],
      ["nested too deeply", "[".repeat(20_000), "/body depth"],
      ["nested too deeply after a string with brackets", `["\\"]", ${"[".repeat(16)}`, "/body depth"],
      ["an unterminated string", `"${'\\"'.repeat(30_000)}`, "/body json"],
      ["an object with a title of brackets", JSON.stringify({ title: "[".repeat(201) }), "/body/title too_long"],
      ["an object with half of a surrogate pair", '{"title":"\\ud800"}', "/body/title text"],
      ["an object with NUL", '{"title":"a\\u0000b"}', "/body/title text"],
      ["an object with __proto__", '{"title":"t","__proto__":{"x":1}}', "/body/__proto__ unknown"],
      ["an object with a number as title", '{"title":1}', "/body/title type"],
      ["an object with null as title", '{"title":null}', "/body/title type"],
      ["an object without title", "{}", "/body/title required"],
      ["an object without title, after a byte order mark", "\ufeff{}", "/body/title required"]
    ])("returns 422 for a body that is %s", ([, body, error]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const response = yield* request("POST", "/api/tasks", { as: "ada", body })
        assertProblem(response, 422, "VALIDATION_FAILED", ["errors"])
        assert.deepStrictEqual(errorsOf(response), [error])
      })
    )

    it.effect("rejects titles without a visible character, in the schema and in the tables alike", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (const title of ["\u00a0", "\u3000", "\ufeff", "\u2028", "\u0085", "\u180e", "\u200b \u200d", "\u2800"]) {
          const response = yield* request("POST", "/api/tasks", { as: "ada", body: { title } })
          assert.deepStrictEqual(errorsOf(response), ["/body/title blank"])
        }
        const sql = yield* AdminSql
        const characters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code))
        const invisible = characters.filter((character) => character !== "\0" && isBlank(character))
        // The last of each range and its next character.
        const edges = invisible.map((character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 1))
        const texts = [...new Set([...invisible, ...edges])]
        for (const constraint of ["project_name_visible", "tag_name_visible", "task_title_visible"]) {
          const [check] = yield* sql<{ expression: string }>`
            select regexp_replace(pg_get_expr(conbin, conrelid), '(name|title) ', 'text ') as expression
            from pg_constraint where conname = ${constraint}
          `
          const refused = yield* sql<{ text: string }>`
            select text from unnest(${texts}::text[]) as text where not ${sql.literal(check?.expression ?? "")}
          `
          assert.deepStrictEqual(
            refused.map(({ text }) => text),
            texts.filter(isBlank)
          )
        }
      })
    )

    it.effect("returns 422 for a body that is not UTF-8", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const response = yield* request("POST", "/api/tasks", {
          as: "ada",
          body: Buffer.from('{"title":"caf\xe9"}', "latin1")
        })
        assert.deepStrictEqual(errorsOf(response), ["/body utf8"])
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
        const encoded = yield* send("application/json", "{}", { "content-encoding": "gzip" })
        assertProblem(encoded, 415, "UNSUPPORTED_MEDIA_TYPE", ["accept_encoding"])
        assert.strictEqual(encoded.headers.get("accept-encoding"), "identity")
        assertProblem(yield* send("application/json", big), 413, "PAYLOAD_TOO_LARGE")
        for (const parameters of [
          "charset=UTF-8",
          'charset="utf-8"',
          "charset=utf8",
          'v="a;charset=utf-16"',
          "charset",
          ""
        ]) {
          const response = yield* send(`application/json; ${parameters}`, "{}")
          assertProblem(response, 422, "VALIDATION_FAILED", ["errors"])
        }
        for (const type of [
          "application/json charset=utf-8",
          "application/json, application/json",
          "application/",
          "*/*"
        ])
          assertProblem(yield* send(type, "{}"), 415, "UNSUPPORTED_MEDIA_TYPE")
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

    it.effect("lists that an array is too long, and the errors of as many entries as are allowed", () =>
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
  }
)
