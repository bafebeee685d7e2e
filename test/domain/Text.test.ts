import { assert, describe, it } from "@effect/vitest"
import { Option, Result, Schema } from "effect"
import { isBlank } from "../../src/domain/Blank.ts"
import { ProjectCreate } from "../../src/domain/Project.ts"
import { TagCreate } from "../../src/domain/Tag.ts"
import { TaskCreate } from "../../src/domain/Task.ts"
import { document } from "../support/Document.ts"

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

  it.each(["", " \t\n", "a\0b", "\ud800", "\u200b\u3164", "\u{e0067}\u{e007f}"])("are not %j", (name) => {
    assert.isTrue(Option.isNone(Schema.decodeUnknownOption(TagCreate)({ name })))
  })

  it.each([
    ["a family of emoji", "\u{1f469}\u200d\u{1f467}"],
    ["an emoji with a variation selector", "\u2764\ufe0f"],
    ["a flag of tags", "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
    ["a Persian word with a non-joiner", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
    ["a right-to-left mark before Hebrew", "\u200f\u05e9"],
    ["a combining mark alone", "\u0301"],
    ["a character of a later Unicode version", "\u{1fbff}"],
    ["a character of private use", "\uf8ff"]
  ])("are, unchanged, %s", (_, name) => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(TagCreate)({ name }), { name })
  })

  it("need a visible character, as the pattern in the OpenAPI document says of the basic plane", () => {
    const { name } = Object(document.components.schemas.TagCreate?.properties)
    const matches = new RegExp(name.pattern, "u")
    const differing = Array.from({ length: 0x10000 }, (_, code) => String.fromCodePoint(code)).filter(
      (character) => character.isWellFormed() && isBlank(character) === matches.test(character)
    )
    assert.deepStrictEqual(differing, [])
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
