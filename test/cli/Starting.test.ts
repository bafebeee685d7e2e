import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import * as Server from "../../src/server/HttpServer.ts"
import * as SecurityHeaders from "../../src/server/SecurityHeaders.ts"
import { settings } from "../support/TestDatabase.ts"

it.live("between the port and the routes a request is answered with 503, not left waiting", () => {
  const { layer } = Server.make({ ...settings, PORT: 0 }, SecurityHeaders.common(false))
  return Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const response = yield* Effect.promise(() => fetch(`${HttpServer.formatAddress(address)}/api/tasks`))
    assert.strictEqual(response.status, 503)
    assert.strictEqual(response.headers.get("retry-after"), "1")
    assert.strictEqual(response.headers.get("content-type"), "application/problem+json")
    assert.strictEqual(response.headers.get("cache-control"), "no-store")
    assert.strictEqual(response.headers.get("x-content-type-options"), "nosniff")
    const request_id = response.headers.get("x-request-id")
    assert.deepInclude(yield* Effect.promise(() => response.json()), { code: "NOT_READY", status: 503, request_id })
  }).pipe(Effect.provide(layer))
})
