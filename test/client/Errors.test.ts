import { assert, describe, it } from "@effect/vitest"
import { toError } from "../../src/client/Errors.ts"
import { isApiError, isTemporary, NetworkError } from "../../src/client/index.ts"

const respond = (status: number, body: object, headers: Record<string, string> = {}) =>
  toError(
    new Response(JSON.stringify({ status, title: "Title", detail: "Detail", request_id: "r-1", ...body }), {
      status,
      headers: { "content-type": "application/problem+json", ...headers }
    })
  )

describe("ApiError", () => {
  it("has the code, status, request id, detail and Retry-After of the response", async () => {
    const error: object = await respond(503, { code: "SERVICE_UNAVAILABLE" }, { "retry-after": "7" })
    assert.deepInclude(error, {
      code: "SERVICE_UNAVAILABLE",
      status: 503,
      requestId: "r-1",
      detail: "Detail",
      retryAfter: 7
    })
  })

  it.each([
    ["7", 7],
    ["0", undefined],
    ["-7", undefined],
    ["Sat, 28 Nov 2026 12:00:00 GMT", undefined],
    ["soon", undefined]
  ])("understands Retry-After: %s, from the service and from a proxy", async (text, retryAfter) => {
    const headers = { "retry-after": text }
    assert.propertyVal(await respond(503, { code: "SERVICE_UNAVAILABLE" }, headers), "retryAfter", retryAfter)
    const error: object = await toError(new Response("<h1>Back soon</h1>", { status: 503, headers }))
    assert.deepInclude(error, { reason: "proxy", status: 503, retryAfter })
  })

  it("has the first message of each field, and a message about the first field", async () => {
    const error = await respond(422, {
      code: "VALIDATION_FAILED",
      errors: [
        { pointer: "/body/due_at", code: "format", message: "Must be a timestamp" },
        { pointer: "/body/due_at", code: "x", message: "Must be something else" },
        { pointer: "/query/limit", code: "range", message: "Must be between 1 and 200" },
        { pointer: "/body/operations/0/task/title", code: "blank", message: "Must not be blank" }
      ],
      errors_truncated: true
    })
    assert.strictEqual(error.message, "Due at must be a timestamp.")
    if (!isApiError(error)) return assert.fail("no ApiError")
    assert.deepStrictEqual(error.fieldErrors, {
      due_at: "Must be a timestamp",
      limit: "Must be between 1 and 200",
      "operations.0.task.title": "Must not be blank"
    })
  })

  const invalid = (pointer: string, message: string) => ({
    code: "VALIDATION_FAILED",
    errors: [{ pointer, code: "x", message }]
  })

  it.each([
    [412, { code: "TASK_VERSION_CONFLICT", current: {} }, "This task was changed elsewhere."],
    [404, { code: "PROJECT_NOT_FOUND" }, "This project no longer exists."],
    [404, { code: "ROUTE_NOT_FOUND" }, "Detail"],
    [409, { code: "TAG_NAME_TAKEN", current: { name: "urgent" } }, "A tag named “urgent” already exists."],
    [409, { code: "TASK_ALREADY_EXISTS", current: { title: "x" } }, "A task already exists."],
    [401, { code: "TOKEN_EXPIRED" }, "Your session has ended. Sign in again."],
    [429, { code: "RATE_LIMITED" }, "Too many requests. Try again in a moment."],
    [503, { code: "SERVICE_UNAVAILABLE" }, "The service is not available. Try again in a moment."],
    [500, { code: "INTERNAL_SERVER_ERROR" }, "Something went wrong. Reference: r-1"],
    [418, { code: "A_NEWER_CODE" }, "Detail"],
    [422, invalid("/body/prio", "Is unknown"), "Prio is unknown."],
    [422, invalid("/body/parent_id", "You have no such task"), "You have no such task."]
  ])("turns %s %o into a message for users", async (status, body, message) => {
    assert.strictEqual((await respond(status, body)).message, message)
  })

  it("is temporary for 429 and 5xx, like a NetworkError that is no refusal", async () => {
    assert.isTrue(isTemporary(await respond(429, { code: "RATE_LIMITED" })))
    assert.isTrue(isTemporary(await respond(500, { code: "INTERNAL_SERVER_ERROR" })))
    assert.isTrue(isTemporary(new NetworkError("offline", "")))
    assert.isTrue(isTemporary(new NetworkError("proxy", "", { status: 502 })))
    assert.isFalse(isTemporary(new NetworkError("proxy", "", { status: 413 })))
    assert.isFalse(isTemporary(await respond(404, { code: "TASK_NOT_FOUND" })))
  })

  it("is matched by any of the given codes only", async () => {
    const error = await respond(404, { code: "TASK_NOT_FOUND" })
    assert.isTrue(isApiError(error))
    assert.isTrue(isApiError(error, "TAG_NOT_FOUND", "TASK_NOT_FOUND"))
    assert.isFalse(isApiError(error, "TAG_NOT_FOUND"))
    assert.isFalse(isApiError(undefined) || isApiError(null) || isApiError(new TypeError("x")))
  })

  it("is recognized when it comes from another copy of the package", async () => {
    const { ApiError, NetworkError } = await import(
      `${new URL("../../src/client/Errors.ts", import.meta.url).href}?copy`
    )
    const error = new ApiError({ code: "TASK_NOT_FOUND", status: 404, title: "", detail: "", request_id: "r" })
    assert.isTrue(isApiError(error, "TASK_NOT_FOUND"))
    assert.isTrue(isTemporary(new NetworkError("offline", "")))
    assert.isFalse(isTemporary(new NetworkError("proxy", "", { status: 413 })))
  })
})
