import { assert, describe, it } from "@effect/vitest"
import { Option, Result, Schema } from "effect"
import { Task, TaskCreate, TaskUpdate } from "../../src/domain/Task.ts"

const strict = { onExcessProperty: "error" } as const

describe("Task", () => {
  it.prop("survives a round trip through JSON", [Task], ([task]) => {
    const json = JSON.parse(JSON.stringify(Schema.encodeSync(Task)(task)))
    assert.deepStrictEqual(Schema.decodeUnknownSync(Task)(json), task)
  })

  it.prop("has a title of at most 200 code points", [Task], ([{ title }]) => {
    assert.isAtMost(Array.from(title).length, 200)
    assert.isTrue(title.isWellFormed() && !title.includes("\0"))
  })
})

describe("TaskCreate and TaskUpdate", () => {
  it.prop("trim and normalize a title before they measure it", [Schema.String], ([text]) => {
    const created = Schema.decodeUnknownOption(TaskCreate)({ title: ` \t${text}\n` })
    const expected = text.trim().normalize("NFC")
    const length = Array.from(expected).length
    const fits = length >= 1 && length <= 200 && text.isWellFormed() && !text.includes("\0")
    assert.strictEqual(Option.isSome(created), fits)
    if (Option.isSome(created)) assert.strictEqual(created.value.title, expected)
  })

  it.prop(
    "refuse the fields that the server sets, and unknown ones",
    [Schema.Literals(["version", "user_id", "created_at", "updated_at", "x"])],
    ([name]) => {
      assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(TaskCreate)({ title: "t", [name]: 1 }, strict)))
      assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(TaskUpdate)({ [name]: 1 }, strict)))
    }
  )

  it("accept null for a description, but not for title and status", () => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(TaskUpdate)({ description: null }), { description: null })
    for (const field of ["title", "status"]) {
      assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(TaskUpdate)({ [field]: null })), field)
    }
  })
})
