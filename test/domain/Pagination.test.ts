import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { Cursor, queryFingerprint } from "../../src/domain/Pagination.ts"

const decode = Schema.decodeUnknownOption(Cursor)

describe("A cursor", () => {
  it.prop("leads back to where it was made", [Schema.toType(Cursor)], ([position]) => {
    const text = Schema.encodeSync(Cursor)(position)
    assert.match(text, /^[A-Za-z0-9_-]+$/)
    assert.deepStrictEqual(Schema.decodeUnknownSync(Cursor)(text), position)
  })

  it.prop("can be made for every list", [Schema.Record(Schema.String, Schema.String)], ([query]) => {
    const position = { list: queryFingerprint(query), key: "", id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e" }
    assert.deepStrictEqual(Schema.decodeUnknownSync(Cursor)(Schema.encodeSync(Cursor)(position)), position)
  })

  it.prop("is not just any text", [Schema.String], ([text]) => {
    assert.isTrue(Option.isNone(decode(text)))
  })
})
