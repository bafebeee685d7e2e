import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { NotFound } from "../../src/domain/Errors.ts"
import type { RateLimitQuota } from "../../src/domain/TokenBucket.ts"
import { RateLimiters } from "../../src/rate-limit/RateLimiters.ts"
import { RateLimitStore } from "../../src/rate-limit/RateLimitStore.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { AllowedOrigins } from "../../src/server/pipeline/Cors.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { HttpTestClient, noRepositories, type TestResponse } from "../support/HttpTestClient.ts"
import * as TestAuth from "../support/TestAuth.ts"

const app = "https://app.example.com"
const path = "/api/tasks/019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

const repo = Layer.provideMerge(
  Layer.mock(TaskRepo, {
    find: () => Effect.fail(new NotFound({ entity: "task" })),
    bulk: () => Effect.succeed([]),
    list: () => Effect.die(new Error("a bug"))
  }),
  noRepositories
)

/** The whole router with these limits, at a fixed time. */
const withLimits = (
  allowances: { readonly user?: RateLimitQuota; readonly address?: RateLimitQuota },
  test: Effect.Effect<void, never, HttpTestClient>
) =>
  test.pipe(
    Effect.provide(
      HttpTestClient.layerWith(
        Layer.mergeAll(repo, TestAuth.layer, Readiness.layer<never>({})),
        RateLimiters.layer({ user: undefined, address: undefined, ...allowances }).pipe(
          Layer.provide(RateLimitStore.layerMemory())
        )
      ).pipe(Layer.provide([Layer.succeed(AllowedOrigins, [app]), Logger.layer([])]))
    )
  )

const limitsOf = ({ headers }: TestResponse) => [headers.get("ratelimit-policy"), headers.get("ratelimit")]

const assertRefused = ({ body, headers, status }: TestResponse, limit: "user" | "address", retryAfter: number) => {
  assert.deepInclude(body, { status: 429, code: "RATE_LIMITED", limit, retry_after: retryAfter })
  assert.strictEqual(status, 429)
  assert.strictEqual(headers.get("content-type"), "application/problem+json")
  assert.strictEqual(headers.get("retry-after"), String(retryAfter))
}

const user: RateLimitQuota = { tokens: 100, per: "minute" }
const address: RateLimitQuota = { tokens: 1000, per: "minute" }

describe("RateLimit headers", () => {
  it.effect("show the state of both limits on every response", () =>
    withLimits(
      { user, address },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        let asked = 0
        const both = '"address";q=1000;w=60, "user";q=100;w=60'
        for (const [status, method, path, ask] of [
          [200, "GET", "/api/me", {}],
          [404, "GET", `/api/tasks/019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e`, {}],
          [422, "POST", "/api/tasks", { body: { title: "" } }],
          [415, "POST", "/api/tasks", { body: "title", headers: { "content-type": "text/plain" } }],
          [500, "GET", "/api/tasks", {}]
        ] as const) {
          const answer = yield* request(method, path, { as: "ada", ...ask })
          asked++
          assert.strictEqual(answer.status, status)
          assert.deepStrictEqual(
            limitsOf(answer),
            [both, `"address";r=${1000 - asked};t=1, "user";r=${100 - asked};t=${Math.ceil(asked * 0.6)}`],
            `${status}`
          )
        }
        for (const [status, method, path, ask] of [
          [401, "GET", "/api/me", {}],
          [401, "GET", "/api/me", { as: "expired" }],
          [404, "GET", "/nowhere", { as: "ada" }],
          [405, "PATCH", "/api/me", { as: "ada" }],
          [200, "GET", "/openapi.json", {}]
        ] as const) {
          const answer = yield* request(method, path, ask)
          asked++
          assert.strictEqual(answer.status, status)
          assert.deepStrictEqual(
            limitsOf(answer),
            ['"address";q=1000;w=60', `"address";r=${1000 - asked};t=1`],
            `${status}`
          )
        }
      })
    )
  )

  it.effect("do not show a limit that is off", () =>
    Effect.gen(function* () {
      const ask = Effect.flatMap(HttpTestClient, (client) => client("GET", "/api/me", { as: "ada" }))
      yield* withLimits(
        {},
        Effect.gen(function* () {
          assert.deepStrictEqual(limitsOf(yield* ask), [null, null])
        })
      )
      yield* withLimits(
        { user },
        Effect.gen(function* () {
          assert.deepStrictEqual(limitsOf(yield* ask), ['"user";q=100;w=60', '"user";r=99;t=1'])
        })
      )
    })
  )
})

describe("A client above its limit", () => {
  it.effect("receives 429 with Retry-After, and is accepted after that time", () =>
    withLimits(
      { user },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const ask = (as: string) => request("GET", "/api/me", { as })
        for (let n = 0; n < 100; n++) {
          assert.strictEqual((yield* ask("ada")).status, 200)
          yield* TestClock.adjust(1)
        }
        const refused = yield* ask("ada")
        assertRefused(refused, "user", 1)
        assert.deepStrictEqual(limitsOf(refused), ['"user";q=100;w=60', '"user";r=0;t=60'])
        assert.match(refused.body.detail, /^A user may send 100 requests a minute\. /)
        // Other users are not affected.
        assert.strictEqual((yield* ask("bob")).status, 200)
        yield* TestClock.adjust(Number(refused.headers.get("retry-after")) * 1000)
        assert.strictEqual((yield* ask("ada")).status, 200)
        // Rejected requests cost no tokens: the bucket is full again after a minute without requests.
        for (let n = 0; n < 50; n++) yield* ask("ada")
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* ask("ada")).headers.get("ratelimit"), '"user";r=99;t=1')
      })
    )
  )

  it.effect("receives Retry-After rounded up to whole seconds", () =>
    withLimits(
      { user: { tokens: 7, per: "minute" } },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const ask = request("GET", "/api/me", { as: "ada" })
        for (let n = 0; n < 7; n++) yield* ask
        assertRefused(yield* ask, "user", 9)
        yield* TestClock.adjust(8_000)
        assertRefused(yield* ask, "user", 1)
        yield* TestClock.adjust(1_000)
        assert.strictEqual((yield* ask).status, 200)
      })
    )
  )

  it.effect("receives 401 before the 429 of a user, and 429 before the body is checked", () =>
    withLimits(
      { user: { tokens: 1, per: "minute" } },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        yield* request("GET", "/api/me", { as: "ada" })
        const body = "x".repeat(100_000)
        for (const contentType of ["text/plain", "application/json"]) {
          const ask = { body, headers: { "content-type": contentType } }
          assertRefused(yield* request("POST", "/api/tasks", { as: "ada", ...ask }), "user", 60)
          assert.strictEqual((yield* request("POST", "/api/tasks", { as: "forged", ...ask })).status, 401)
        }
      })
    )
  )

  it.effect("receives the 429 of its address before the token is checked", () =>
    withLimits(
      { user, address: { tokens: 3, per: "minute" } },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (const as of ["forged", "expired", "ada"]) yield* request("GET", "/api/me", { as })
        for (const as of ["forged", "ada", "bob"]) {
          const refused = yield* request("GET", "/api/me", { as, headers: { origin: app } })
          assertRefused(refused, "address", 20)
          assert.deepStrictEqual(limitsOf(refused), ['"address";q=3;w=60', '"address";r=0;t=60'])
          // A page must be able to read it.
          assert.strictEqual(refused.headers.get("access-control-allow-origin"), app)
          assert.strictEqual(refused.headers.get("x-request-id"), refused.body.request_id)
        }
      })
    )
  )
})

describe("Rate limits", () => {
  it.effect("do not count health checks and CORS preflights", () =>
    withLimits(
      { user, address: { tokens: 1, per: "hour" } },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const asks = Effect.fnUntraced(function* () {
          for (const path of ["/health", "/health/ready", "/health/live"]) {
            const answer = yield* request("GET", path)
            assert.deepStrictEqual([answer.status, ...limitsOf(answer)], [200, null, null])
          }
          const headers = { origin: app, "access-control-request-method": "PATCH" }
          const preflight = yield* request("OPTIONS", "/api/me", { headers })
          assert.deepStrictEqual([preflight.status, ...limitsOf(preflight)], [204, null, null])
        })
        for (let n = 0; n < 10; n++) yield* asks()
        assert.strictEqual((yield* request("GET", "/api/me", { as: "ada" })).status, 200)
        assert.strictEqual((yield* request("GET", "/api/me", { as: "ada" })).status, 429)
        yield* asks()
      })
    )
  )
})

describe("The cost of a request", () => {
  it.effect("is declared by the endpoint and 1 by default", () =>
    withLimits(
      { user: { tokens: 15, per: "minute" } },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const bulk = request("POST", "/api/tasks/bulk", {
          as: "ada",
          body: { operations: [{ op: "delete", id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e" }] }
        })
        assert.strictEqual((yield* bulk).headers.get("ratelimit"), '"user";r=5;t=40')
        // Ten are asked for and five are there: those five can still be used for something else.
        const refused = yield* bulk
        assertRefused(refused, "user", 20)
        assert.strictEqual(refused.headers.get("ratelimit"), '"user";r=5;t=40')
        assert.strictEqual((yield* request("HEAD", path, { as: "ada" })).headers.get("ratelimit"), '"user";r=4;t=44')
      })
    )
  )

  it.effect("is higher for a search and for a count, however their names are written", () =>
    withLimits(
      { user },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        let remaining = 100
        for (const [query, cost] of [
          ["", 1],
          ["?status=pending&sort=title&limit=200", 1],
          ["?q=milk", 3],
          ["?%71=milk", 3],
          ["?status=pending&count=exact", 3],
          ["?count=exact&q=milk&q=bread", 5],
          ["?q=caf%E9", 1]
        ] as const) {
          const answer = yield* request("GET", `/api/tasks${query}`, { as: "ada" })
          remaining -= cost
          assert.include(answer.headers.get("ratelimit") ?? "", `"user";r=${remaining};`, query)
        }
      })
    )
  )

  it.effect("is one more for every ten errors of an invalid request, at most the tokens that are left", () =>
    withLimits(
      { user: { tokens: 20, per: "minute" }, address },
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n}`, n]))
        for (const [errors, remaining] of [
          [9, 19],
          [10, 17],
          [5000, 6],
          [5000, 0]
        ] as const) {
          const answer = yield* request("POST", "/api/tasks", { as: "ada", body: { title: "a", ...unknown(errors) } })
          assert.strictEqual(answer.status, 422)
          assert.match(
            answer.headers.get("ratelimit") ?? "",
            new RegExp(`^"address";r=\\d+;t=1, "user";r=${remaining};`)
          )
          assert.strictEqual(answer.headers.get("ratelimit-policy"), '"address";q=1000;w=60, "user";q=20;w=60')
        }
        assert.strictEqual((yield* request("GET", "/api/me", { as: "ada" })).status, 429)
        assert.strictEqual((yield* request("GET", "/api/me", { as: "bob" })).status, 200)
      })
    )
  )
})
