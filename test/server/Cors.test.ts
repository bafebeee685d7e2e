import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as AppLayers from "../../src/cli/AppLayers.ts"
import type { Config } from "../../src/config/Config.ts"
import { AllowedOrigins } from "../../src/server/pipeline/Cors.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { HttpTestClient, noRepositories } from "../support/HttpTestClient.ts"
import * as TestAuth from "../support/TestAuth.ts"

const app = "https://app.example.com"
const services = Layer.mergeAll(noRepositories, TestAuth.layer, Readiness.layer<never>({}))

const wireFor = (origins: ReadonlyArray<string>) =>
  HttpTestClient.layerWith(services).pipe(Layer.provide(Layer.succeed(AllowedOrigins, origins)))

const preflight = (origin: string) => ({
  headers: { origin, "access-control-request-method": "PATCH", "access-control-request-headers": "authorization" }
})

// The settings that origins depend on.
const development = { ENVIRONMENT: "development" } as Config

const corsHeaders = (headers: Headers) =>
  Array.from(headers.keys()).filter((name) => name.startsWith("access-control-") || name === "vary")

describe("CORS", () => {
  layer(wireFor([app, "http://localhost:3000", "tauri://localhost", "capacitor://localhost"]), {
    excludeTestServices: true
  })((it) => {
    it.effect("responds to a preflight with the allowed methods and headers, without a token", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body, headers, status } = yield* request("OPTIONS", "/api/tasks/7", preflight(app))
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
          ...["baggage", "sentry-trace", "Cache-Control", "User-Agent", "X-Requested-With"]
        ]) {
          assert.include(headers.get("access-control-allow-headers"), name)
        }
      })
    )

    it.effect("lets pages of allowed origins into a private network, when the browser asks", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const ask = (origin: string) =>
          request("OPTIONS", "/api/tasks", {
            headers: { ...preflight(origin).headers, "access-control-request-private-network": "true" }
          })
        const name = "access-control-allow-private-network"
        assert.strictEqual((yield* ask(app)).headers.get(name), "true")
        assert.isNull((yield* ask("https://evil.example")).headers.get(name))
        assert.isNull((yield* request("OPTIONS", "/api/tasks", preflight(app))).headers.get(name))
      })
    )

    it.effect.each(["tauri://localhost", "capacitor://localhost"])("allows the origin %s of an app", (origin) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (const { headers } of [
          yield* request("OPTIONS", "/api/tasks", preflight(origin)),
          yield* request("GET", "/api/me", { headers: { origin } })
        ]) {
          assert.strictEqual(headers.get("access-control-allow-origin"), origin)
        }
      })
    )

    it.effect("exposes responses, errors and the headers of the contract to allowed origins", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (const path of ["/health/live", "/api/me", "/nowhere"]) {
          const { headers } = yield* request("GET", path, { headers: { origin: app } })
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

    it.effect.each([
      "https://app.example.com.evil.example",
      "https://evil.example",
      "http://app.example.com",
      "https://app.example.com:8443",
      "https://APP.example.com",
      "null",
      "*"
    ])("at %s receives Vary: Origin and no other CORS header", (origin) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        assert.deepStrictEqual(corsHeaders((yield* request("GET", "/health/live", { headers: { origin } })).headers), [
          "vary"
        ])
        const refused = yield* request("OPTIONS", "/api/tasks", preflight(origin))
        assert.deepStrictEqual([refused.status, corsHeaders(refused.headers)], [405, ["vary"]])
      })
    )
  })

  layer(wireFor([]), { excludeTestServices: true })((it) => {
    it.effect("sends no CORS headers where no origin is configured", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { headers } = yield* request("GET", "/health/live", { headers: { origin: app } })
        assert.deepStrictEqual(corsHeaders(headers), [])
      })
    )
  })

  layer(wireFor(AppLayers.allowedOrigins(development)), { excludeTestServices: true })((it) => {
    it.effect.each(["http://localhost:5173", "http://127.0.0.1:3000", "https://localhost", "http://[::1]:8080"])(
      "may call from %s in development",
      (origin) =>
        Effect.gen(function* () {
          const wire = yield* HttpTestClient
          const { headers, status } = yield* wire("OPTIONS", "/api/tasks", preflight(origin))
          assert.deepStrictEqual([status, headers.get("access-control-allow-origin")], [204, origin])
        })
    )

    it.effect.each(["http://localhost.example.com:5173", "http://example.com", "http://127.0.0.1.example.com", "null"])(
      "may not call from %s in development",
      (origin) =>
        Effect.gen(function* () {
          const wire = yield* HttpTestClient
          const { headers } = yield* wire("OPTIONS", "/api/tasks", preflight(origin))
          assert.isNull(headers.get("access-control-allow-origin"))
        })
    )
  })

  it("allows no origin by default in production", () => {
    assert.deepStrictEqual(AppLayers.allowedOrigins({ ...development, ENVIRONMENT: "production" }), [])
  })
})
