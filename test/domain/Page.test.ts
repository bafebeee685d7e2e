import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { Cursor } from "../../src/domain/Page.ts"

const decode = Schema.decodeUnknownOption(Cursor)

describe("A cursor", () => {
  it.prop("leads back to where it was made", [Schema.toType(Cursor)], ([position]) => {
    const text = Schema.encodeSync(Cursor)(position)
    assert.match(text, /^[A-Za-z0-9_-]+$/)
    assert.deepStrictEqual(Schema.decodeUnknownSync(Cursor)(text), position)
  })

  it.prop("is not just any text", [Schema.String], ([text]) => {
    assert.isTrue(Option.isNone(decode(text)))
  })
})
