import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { decodeJson, decodeMilliseconds } from "../../src/database/PgCodecs.ts"
import { toIso } from "../../src/domain/Timestamp.ts"

const sent = (text: string) => new Uint8Array(Buffer.from(`\x01${text}`))

describe("decodeJson", () => {
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

// Seeded, so that a fault can be found again.
const numbers = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

const year = 365.2425 * 86_400_000
const firstAndLast = [-62_135_596_800_000, 253_402_300_799_999]
const edges = [...firstAndLast, 0, -1, 1, 86_399_999, 86_400_000, -86_400_000, 946_684_800_000, 951_782_400_000]

describe("decodeMilliseconds and toIso", () => {
  it("returns the text that Date returns, for the years 1 to 9999", () => {
    const random = numbers(1)
    const times = Array.from({ length: 50_000 }, () => Math.floor((random() * 9998 - 1969) * year))
    for (const time of [...edges, ...times]) assert.strictEqual(toIso(time), new Date(time).toISOString())
  })

  it("truncates microseconds to milliseconds", () => {
    const random = numbers(2)
    const bytes = new Uint8Array(16)
    // As it is in the middle of what was received.
    const part = bytes.subarray(4, 12)
    const view = new DataView(bytes.buffer, 4, 8)
    const times = Array.from({ length: 50_000 }, () => Math.floor((random() * 9998 - 1969) * year))
    for (const time of [...edges, ...times]) {
      view.setBigInt64(0, (BigInt(time) - 946_684_800_000n) * 1000n + BigInt(Math.floor(random() * 1000)))
      assert.strictEqual(decodeMilliseconds(part), time)
    }
  })
})
