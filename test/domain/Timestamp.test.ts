import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { isTimestamp, TimestampInput } from "../../src/domain/Timestamp.ts"

const decode = Schema.decodeUnknownOption(TimestampInput)

describe("TimestampInput", () => {
  it.each([
    ["2026-11-20T09:30:00Z", "2026-11-20T09:30:00.000Z"],
    ["2026-11-20t09:30:00.123456789z", "2026-11-20T09:30:00.123Z"],
    ["2026-11-20 09:30:00+05:30", "2026-11-20T04:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["0000-12-31T23:00:00-14:00", "0001-01-01T13:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"]
  ])("converts %s to %s, which it accepts again", (text, expected) => {
    assert.deepStrictEqual(decode(text), Option.some(expected))
    assert.deepStrictEqual(decode(expected), Option.some(expected))
  })

  it.each([
    ...["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-00:01", "0000-06-01T00:00:00Z"],
    ...["2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z"],
    ...["2026-11-20T24:00:00Z", "2026-11-20T09:60:00Z", "2026-11-20T09:30:00", "2026-11-20", "1", "Jan 1 2027", ""]
  ])("refuses %s", (text) => {
    assert.isTrue(Option.isNone(decode(text)))
  })
})

describe("isTimestamp", () => {
  it.each(["2026-13-45T99:99:99.999Z", "2026-02-30T00:00:00.000Z", "2026-11-20T09:30:00Z", "infinity"])(
    "is false for %s",
    (text) => assert.isFalse(isTimestamp(text))
  )

  it("is true for an instant in UTC with milliseconds", () => assert.isTrue(isTimestamp("2026-11-20T09:30:00.000Z")))
})
