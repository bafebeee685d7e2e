import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { decodeJson } from "../../src/database/PgJsonCodec.ts"

const sent = (text: string) => new Uint8Array(Buffer.from(`\x01${text}`))

describe("PgJsonCodec", () => {
  it.prop(
    "decodes what PostgreSQL sends, the first time and again",
    [Schema.String, Schema.Boolean],
    ([name, value]) => {
      const object = { name, value }
      for (const _ of [1, 2]) assert.deepStrictEqual(decodeJson(sent(JSON.stringify(object))), object)
    },
    { arbitrary: { seed: 1 } }
  )

  it("shares short values, which cannot be changed", () => {
    const [one, two] = [decodeJson(sent('{"total": 0}')), decodeJson(sent('{"total": 0}'))]
    assert.strictEqual(one, two)
    assert.isTrue(Object.isFrozen(one))
    assert.isNull(decodeJson(sent("null")))
    const long = sent(JSON.stringify("x".repeat(200)))
    assert.strictEqual(decodeJson(long), "x".repeat(200))
  })
})
