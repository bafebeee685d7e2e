import { assert, describe, it } from "@effect/vitest"
import { Option, Result, Schema } from "effect"
import { Task, TaskCreate, TaskUpdate } from "../../src/domain/Task.ts"

const strict = { onExcessProperty: "error" } as const

describe("A task", () => {
  it.prop("is the same after it went to JSON and back", [Task], ([task]) => {
    const json = JSON.parse(JSON.stringify(Schema.encodeSync(Task)(task)))
    assert.deepStrictEqual(Schema.decodeUnknownSync(Task)(json), task)
  })

  it.prop("has a title that is no longer than 200 characters as people count them", [Task], ([{ title }]) => {
    assert.isAtMost(Array.from(title).length, 200)
    assert.isTrue(title.isWellFormed() && !title.includes("\0"))
  })
})

describe("What a client sends", () => {
  it.prop("is trimmed before it is measured", [Schema.String], ([text]) => {
    const created = Schema.decodeUnknownOption(TaskCreate)({ title: ` \t${text}\n` })
    const length = Array.from(text.trim()).length
    const fits = length >= 1 && length <= 200 && text.isWellFormed() && !text.includes("\0")
    assert.strictEqual(Option.isSome(created), fits)
    if (Option.isSome(created)) assert.strictEqual(created.value.title, text.trim())
  })

  it.prop(
    "has no field that is the service's",
    [Schema.Literals(["version", "user_id", "created_at", "updated_at", "x"])],
    ([name]) => {
      assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(TaskCreate)({ title: "t", [name]: 1 }, strict)))
      assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(TaskUpdate)({ [name]: 1 }, strict)))
    }
  )

  it("may clear a description, and nothing else", () => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(TaskUpdate)({ description: null }), { description: null })
    for (const field of ["title", "status"]) {
      assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(TaskUpdate)({ [field]: null })), field)
    }
  })
})
