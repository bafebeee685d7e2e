import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Api } from "../../src/api/Api.ts"
import { UnsupportedMediaType, ValidationFailed } from "../../src/api/errors/CommonErrors.ts"
import { TaskAlreadyExists } from "../../src/api/errors/ResourceErrors.ts"
import { pageResponse } from "../../src/api/schemas/ResponseSchemas.ts"
import { Task, taskExample } from "../../src/domain/Task.ts"

const endpointsOf = (group: keyof typeof Api.groups) =>
  Object.values(Api.groups[group].endpoints).map(({ identifier, method, middlewares, path }) => ({
    call: `${identifier} ${method} ${path}`,
    middlewares: Array.from(middlewares, ({ key }) => key.replace("tasks/api/", ""))
  }))

describe("Contract", () => {
  it.each(["tasks", "projects", "tags"] as const)("has the same six endpoints for %s", (group) => {
    const name = group.slice(0, -1)
    const item = `/api/${group}/:${name}_id`
    assert.deepStrictEqual(
      endpointsOf(group)
        .slice(0, 6)
        .map(({ call }) => call),
      [
        `list GET /api/${group}`,
        `create POST /api/${group}`,
        `get GET ${item}`,
        `update PATCH ${item}`,
        `put PUT ${item}`,
        `remove DELETE ${item}`
      ]
    )
  })

  it("authenticates before it counts, and counts before it reads a request", () => {
    const groups = Object.keys(Api.groups).filter((name) => name !== "health") as Array<keyof typeof Api.groups>
    for (const { call, middlewares } of groups.flatMap(endpointsOf)) {
      assert.deepStrictEqual(middlewares.slice(-3), ["RateLimit", "Authorization", "ErrorHandler"], call)
    }
  })
})

describe("pageResponse", () => {
  it("keeps every character of the next page's query", () => {
    const schema = pageResponse(Task)
    const next = "?q=what%3F&x=a%2Cb%3E&q=a?b&cursor=eyJ9"
    const page = { items: [Schema.decodeSync(Task)(taskExample)], next, total: 3 }
    const sent = Schema.encodeSync(schema)(page)
    assert.deepInclude(sent, { headers: { link: `<${next}>; rel="next"`, "x-total-count": "3" } })
    assert.deepStrictEqual(Schema.decodeUnknownSync(schema)(sent), page)
  })
})

describe("ValidationFailed", () => {
  const errors = (count: number, pointer: string) =>
    Array.from({ length: count }, () => ({ pointer, code: "unknown", message: "Is unknown" }))

  it("lists up to 100 errors without a flag", () => {
    const error = ValidationFailed.of(errors(100, "/body/a"))
    assert.lengthOf(error.errors, 100)
    assert.isUndefined(error.errors_truncated)
  })

  it.each([
    ["one error too many", 101, "/body/a"],
    ["20,000 errors", 20_000, "/body/tag_ids/1"],
    ["errors at a long key", 1000, `/body/${"\u0001\u20ac".repeat(30_000)}`]
  ])("stays below 64 KiB and sets a flag for %s", (_, count, pointer) => {
    const error = ValidationFailed.of(errors(count, pointer))
    assert.isTrue(error.errors_truncated)
    assert.isAtLeast(error.errors.length, 1)
    assert.isAtMost(error.errors.length, 100)
    assert.isBelow(Buffer.byteLength(JSON.stringify(Schema.encodeSync(ValidationFailed)(error))), 65_536)
  })

  it("does not read more errors than it needs", () => {
    let read = 0
    const endless = function* () {
      for (;;) {
        read += 1
        yield { pointer: "/body/a", code: "unknown", message: "Is unknown" }
      }
    }
    assert.isTrue(ValidationFailed.of(endless()).errors_truncated)
    assert.strictEqual(read, 101)
  })
})

describe("TaskAlreadyExists", () => {
  it("says that a task is in the trash, and how to restore it", () => {
    const error = TaskAlreadyExists.inTrash({ current: Schema.decodeSync(Task)(taskExample) })
    assert.isTrue(error.in_trash)
    assert.include(error.detail, `POST /api/tasks/${taskExample.id}/restore`)
  })
})

describe("UnsupportedMediaType", () => {
  it("has an Accept-Patch header for a PATCH alone", () => {
    const types = ["application/json", "application/merge-patch+json"]
    assert.deepStrictEqual(new UnsupportedMediaType({ accept_patch: types }).headers, {
      "accept-patch": types.join(", ")
    })
    assert.deepStrictEqual(new UnsupportedMediaType({}).headers, {})
  })
})
