import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { assertProblem } from "../support/ProblemAssertions.ts"
import { layerPg } from "../support/TestDatabase.ts"

layer(HttpTestClient.layer.pipe(Layer.provide(layerPg)), { excludeTestServices: true, timeout: 300_000 })(
  "The HTTP API",
  (it) => {
    it.effect("returns 401 before it checks anything else of the request", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const options = { headers: { "content-type": "text/plain" }, body: "x".repeat(100_000) }
        const none = yield* request("POST", "/api/tasks?x=1", options)
        assertProblem(none, 401, "TOKEN_MISSING")
        assert.strictEqual(none.headers.get("www-authenticate"), "Bearer")
        const basic = yield* request("GET", "/api/me", { headers: { authorization: "Basic YWRhOmFkYQ==" } })
        assertProblem(basic, 401, "TOKEN_MISSING")
        const expired = yield* request("POST", "/api/tasks?x=1", { as: "expired", ...options })
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
          const response = yield* request(method, path)
          assertProblem(response, 405, "METHOD_NOT_ALLOWED", ["allow"])
          assert.strictEqual(response.headers.get("allow"), allow)
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
          ['<script src="docs/scalar"']
        )
      })
    )

    it.effect("compresses the documentation page and its script, and lets clients keep the script", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body, headers } = yield* request("GET", "/docs")
        assert.deepStrictEqual([headers.get("content-encoding"), headers.get("cache-control")], ["gzip", "no-store"])
        const [, source = ""] = /src="(.*\.js)"/.exec(body) ?? []
        // Behind a proxy that adds a path, a browser resolves it against that path.
        assert.strictEqual(new URL(source, "https://example.com/prefix/docs").pathname, `/prefix/${source}`)
        const script = yield* request("GET", `/${source}`)
        assert.strictEqual(script.headers.get("cache-control"), "public, max-age=31536000, immutable")
        assert.strictEqual(script.headers.get("content-encoding"), "gzip")
        assert.isBelow(Number(script.headers.get("content-length")), 1_000_000)
        for (const accepted of ["identity", "gzip;q=0, br"]) {
          const plain = yield* request("GET", `/${source}`, { headers: { "accept-encoding": accepted } })
          assert.isNull(plain.headers.get("content-encoding"))
          assert.strictEqual(plain.headers.get("vary"), "Accept-Encoding")
          assert.strictEqual(plain.body, script.body)
        }
        assertProblem(yield* request("GET", "/docs/scalar.0000000000000000.js"), 404, "ROUTE_NOT_FOUND")
      })
    )
  }
)
