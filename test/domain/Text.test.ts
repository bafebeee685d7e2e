import { assert, describe, it } from "@effect/vitest"
import { Option, Result, Schema } from "effect"
import { ProjectCreate } from "../../src/domain/Project.ts"
import { TagCreate } from "../../src/domain/Tag.ts"
import { TaskCreate } from "../../src/domain/Task.ts"

const nfd = "Cafe\u0301"
const nfc = "Caf\u00e9"

describe("Names and titles", () => {
  it("are stored in Unicode's normal form C", () => {
    const task = Schema.decodeUnknownSync(TaskCreate)({ title: nfd, description: nfd })
    assert.deepStrictEqual(task, { title: nfc, description: nfc })
    assert.deepStrictEqual(Schema.decodeUnknownSync(TagCreate)({ name: nfd }), { name: nfc })
    assert.deepStrictEqual(Schema.decodeUnknownSync(ProjectCreate)({ name: ` ${nfd}\n` }), { name: nfc })
  })

  it("are measured after they were trimmed and normalized", () => {
    const name = Schema.decodeUnknownOption(TagCreate)
    assert.deepStrictEqual(name({ name: ` ${"e\u0301".repeat(50)} ` }), Option.some({ name: "\u00e9".repeat(50) }))
    assert.isTrue(Option.isNone(name({ name: "\u00e9".repeat(51) })))
  })

  it.each(["", " \t\n", "a\0b", "\ud800"])("are not %j", (name) => {
    assert.isTrue(Option.isNone(Schema.decodeUnknownOption(TagCreate)({ name })))
  })

  it("may have 30 combining marks in a row, and no more, since normalizing a longer run takes too long", () => {
    const decode = Schema.decodeUnknownResult(TaskCreate)
    const marks = "\u0316\u0301".repeat(15)
    assert.isTrue(Result.isSuccess(decode({ title: `a${marks}b${marks}`, description: marks })))
    for (const text of [{ title: `a${marks}\u0316` }, { title: "a", description: "\u0316\u0301".repeat(16_000) }]) {
      assert.isTrue(Result.isFailure(decode(text)))
    }
    let normalized = 0
    const { normalize } = String.prototype
    String.prototype.normalize = function (form) {
      normalized++
      return normalize.call(this, form)
    }
    try {
      decode({ title: "\u0316\u0301".repeat(16_000) })
      assert.strictEqual(normalized, 0)
      decode({ title: "a" })
      assert.strictEqual(normalized, 1)
    } finally {
      String.prototype.normalize = normalize
    }
  })
})
