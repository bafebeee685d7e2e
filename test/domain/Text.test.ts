import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
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
})
