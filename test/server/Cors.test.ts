import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { AllowedOrigins } from "../../src/server/pipeline/Cors.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { noRepositories, Wire } from "../support/HttpTestClient.ts"
import * as TestAuth from "../support/TestAuth.ts"

const app = "https://app.example.com"
const services = Layer.mergeAll(noRepositories, TestAuth.layer, Readiness.layer<never>({}))

const wireFor = (origins: ReadonlyArray<string>) =>
  Wire.layerWith(services).pipe(Layer.provide(Layer.succeed(AllowedOrigins, origins)))

const preflight = (origin: string) => ({
  headers: { origin, "access-control-request-method": "PATCH", "access-control-request-headers": "authorization" }
})

const corsHeaders = (headers: Headers) =>
  Array.from(headers.keys()).filter((name) => name.startsWith("access-control-") || name === "vary")

describe("A browser", () => {
  layer(wireFor([app, "http://localhost:3000", "tauri://localhost", "capacitor://localhost"]), {
    excludeTestServices: true
  })((it) => {
    it.effect("that asks beforehand is told what it may send, without a token", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        const { body, headers, status } = yield* wire("OPTIONS", "/api/tasks/7", preflight(app))
        assert.deepStrictEqual([status, body], [204, ""])
        assert.strictEqual(headers.get("access-control-allow-origin"), app)
        assert.strictEqual(headers.get("access-control-allow-credentials"), "true")
        assert.strictEqual(headers.get("access-control-max-age"), "600")
        assert.strictEqual(headers.get("vary"), "Origin")
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
          assert.include(headers.get("access-control-allow-methods"), method)
        }
        for (const name of [
          ...["Authorization", "Content-Type", "If-Match", "Idempotency-Key", "traceparent", "b3"],
          ...["baggage", "sentry-trace"]
        ]) {
          assert.include(headers.get("access-control-allow-headers"), name)
        }
      })
    )

    it.effect("may read the answers, the errors and the headers of the contract", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        for (const path of ["/health/live", "/api/me", "/nowhere"]) {
          const { headers } = yield* wire("GET", path, { headers: { origin: app } })
          assert.strictEqual(headers.get("access-control-allow-origin"), app, path)
          assert.strictEqual(headers.get("vary"), "Origin")
          for (const name of [
            ...["ETag", "Link", "Location", "Retry-After", "X-Total-Count", "WWW-Authenticate"],
            "Content-Disposition"
          ]) {
            assert.include(headers.get("access-control-expose-headers"), name)
          }
        }
      })
    )

    it.effect.each(["tauri://localhost", "capacitor://localhost"])("of an app with the origin %s may call", (origin) =>
      Effect.gen(function* () {
        const wire = yield* Wire
        for (const answer of [
          yield* wire("OPTIONS", "/api/tasks", preflight(origin)),
          yield* wire("GET", "/api/me", { headers: { origin } })
        ]) {
          assert.strictEqual(answer.headers.get("access-control-allow-origin"), origin)
        }
      })
    )

    it.effect.each([
      "https://app.example.com.evil.example",
      "tauri://localhost.evil.example",
      "https://localhost",
      "https://evil.example",
      "http://app.example.com",
      "https://app.example.com:8443",
      "https://APP.example.com",
      "null",
      "*"
    ])("at %s is told nothing but that it depends on the origin", (origin) =>
      Effect.gen(function* () {
        const wire = yield* Wire
        assert.deepStrictEqual(corsHeaders((yield* wire("GET", "/health/live", { headers: { origin } })).headers), [
          "vary"
        ])
        const refused = yield* wire("OPTIONS", "/api/tasks", preflight(origin))
        assert.deepStrictEqual([refused.status, corsHeaders(refused.headers)], [405, ["vary"]])
      })
    )
  })

  layer(wireFor([]), { excludeTestServices: true })((it) => {
    it.effect("is told nothing where no origin is configured", () =>
      Effect.gen(function* () {
        const wire = yield* Wire
        const { headers } = yield* wire("GET", "/health/live", { headers: { origin: app } })
        assert.deepStrictEqual(corsHeaders(headers), [])
      })
    )
  })
})
