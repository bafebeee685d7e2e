import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { request, serveOnPostgres, timeout, tokenFor } from "../support/Process.ts"
import { requestHead, sendRaw } from "../support/Socket.ts"

/** Every header that an answer may have: a new one is a decision, and none may name what we are made of. */
const known = [
  ...["cache-control", "connection", "content-length", "content-type", "date", "keep-alive", "x-request-id"],
  ...["ratelimit", "ratelimit-policy", "vary", "www-authenticate", "x-content-type-options", "etag"],
  ...["content-security-policy", "referrer-policy", "strict-transport-security", "transfer-encoding", "allow"]
]

describe("Security headers in production", () => {
  it.live(
    "are HSTS, no-store and nosniff on every response, also on errors of the HTTP server",
    () =>
      Effect.gen(function* () {
        const { url } = yield* serveOnPostgres({
          ENVIRONMENT: "production",
          ALLOWED_ORIGINS: "https://app.example.com",
          RATE_LIMIT: "1000/minute",
          RATE_LIMIT_ADDRESS: "1000/minute"
        })
        const token = yield* tokenFor("ada")
        const authorization = `Authorization: Bearer ${token}`
        for (const [status, text] of [
          [200, requestHead("GET /health/live")],
          [200, requestHead("GET /api/tasks", [authorization])],
          [200, requestHead("GET /docs")],
          [200, requestHead("GET /openapi.json")],
          [401, requestHead("GET /api/tasks")],
          [404, requestHead("GET /nowhere")],
          [405, requestHead("POST /api/me", [authorization])],
          [422, requestHead("GET /api/tasks?limit=0", [authorization])],
          [400, "GET / HTTP/9.9\r\n\r\n"],
          [431, requestHead("GET /health/live", [`X-Padding: ${"x".repeat(17_000)}`])]
        ] as const) {
          const { headers, status: answered } = yield* sendRaw(url, text)
          assert.strictEqual(answered, status)
          assert.strictEqual(headers["strict-transport-security"], "max-age=31536000; includeSubDomains", text)
          assert.strictEqual(headers["cache-control"], "no-store", text)
          assert.strictEqual(headers["x-content-type-options"], "nosniff", text)
          assert.includeMembers(known, Object.keys(headers), text)
          assert.notMatch(JSON.stringify(Object.values(headers)), /effect|node|\d+\.\d+\.\d+/i)
        }
        const { body } = yield* request(url, "/nowhere")
        assert.notMatch(JSON.stringify(body), /node|\d+\.\d+\.\d+/i)
      }).pipe(Effect.scoped),
    timeout
  )
})
