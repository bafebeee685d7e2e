import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { Cursor, listFingerprint, listQuery } from "../../src/domain/Pagination.ts"
import { TaskQuery, type TaskSort } from "../../src/domain/TaskQuery.ts"

const decode = Schema.decodeUnknownOption(Cursor)
const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

const cursorOf = (key: string, query: object = {}, list: string = "tasks") =>
  Schema.encodeSync(Cursor)({ list: listFingerprint(list, query), key, id })

describe("Cursor", () => {
  it.prop("decodes to the page key that it encodes", [Schema.toType(Cursor)], ([key]) => {
    const text = Schema.encodeSync(Cursor)(key)
    assert.match(text, /^[A-Za-z0-9_-]+$/)
    assert.deepStrictEqual(Schema.decodeUnknownSync(Cursor)(text), key)
  })

  it.prop("encodes the fingerprint of every query", [Schema.Record(Schema.String, Schema.String)], ([query]) => {
    const cursor = cursorOf("", query)
    assert.strictEqual(Schema.decodeUnknownSync(Cursor)(cursor).list, listFingerprint("tasks", query))
  })

  it.prop("refuses arbitrary text", [Schema.String], ([text]) => {
    assert.isTrue(Option.isNone(decode(text)))
  })
})

describe("A query with a forged cursor", () => {
  const impossible = "2026-13-45T99:99:99.999Z"

  it.each<[TaskSort, string, string]>([
    ["created_at", "2026-11-20T09:30:00.000Z", impossible],
    ["-updated_at", "2026-11-20T09:30:00.000Z", "2026-02-30T00:00:00.000Z"],
    ["due_at", "infinity", impossible],
    ["-due_at", "-infinity", "Infinity"],
    ["priority", "3", "4"],
    ["position", "a0", "a 0"],
    ["-title", "Buy milk", "\0"]
  ])("sorted by %s accepts the key %s and refuses %j", (sort, key, forged) => {
    const accepts = (cursor: string) => Option.isSome(Schema.decodeUnknownOption(TaskQuery)({ sort, cursor }))
    assert.isTrue(accepts(cursorOf(key, { sort })))
    assert.isFalse(accepts(cursorOf(forged, { sort })))
  })

  it("refuses a timestamp that does not exist, and a cursor of another list", () => {
    const accepts = (cursor: string) => Option.isSome(Schema.decodeUnknownOption(listQuery("projects"))({ cursor }))
    const key = "2026-11-20T09:30:00.000Z"
    assert.isTrue(accepts(cursorOf(key, {}, "projects")))
    assert.isFalse(accepts(cursorOf(impossible, {}, "projects")))
    assert.isFalse(accepts(cursorOf(key, { status: ["pending"] }, "projects")))
    for (const list of ["tasks", "tags", "trash", "completions"] as const)
      assert.isFalse(accepts(cursorOf(key, {}, list)))
  })

  it("accepts repeated parameters in another order", () => {
    const cursor = cursorOf("2026-11-20T09:30:00.000Z", { status: ["pending", "completed"] })
    for (const status of [
      ["pending", "completed"],
      ["completed", "pending"]
    ])
      assert.isTrue(Option.isSome(Schema.decodeUnknownOption(TaskQuery)({ status, cursor })))
  })
})
