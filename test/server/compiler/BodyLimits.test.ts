import { assert, describe, it } from "@effect/vitest"
import { HttpApi } from "effect/http-api"
import { Api } from "../../../src/api/Api.ts"
import { TaskBulk } from "../../../src/domain/TaskBulk.ts"
import { type BodyLimits, bodyLimits, keepChecked } from "../../../src/server/compiler/BodyLimits.ts"

const allOf = (limits: BodyLimits | undefined, path: string): ReadonlyArray<readonly [string, number]> => {
  if (limits === undefined) return []
  const { entries, fields = new Map(), max } = limits
  return [
    ...(max === undefined ? [] : [[path, max] as const]),
    ...allOf(entries, `${path}[]`),
    ...Array.from(fields, ([name, inner]) => allOf(inner, `${path}.${String(name)}`)).flat()
  ]
}

describe("BodyLimits", () => {
  it("has a maximum length for every array in every body of the contract", () => {
    const found = new Map<string, number>()
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint: { method, path, payload } }) => {
        for (const { schemas } of payload.values()) {
          for (const { ast } of schemas) {
            for (const [place, max] of allOf(bodyLimits(ast), `${method} ${path} `)) found.set(place, max)
          }
        }
      }
    })
    for (const [place, max] of found) assert.isBelow(max, 1000, place)
    assert.strictEqual(found.get("POST /api/tasks .tag_ids"), 50)
    assert.strictEqual(found.get("POST /api/tasks/bulk .operations"), 100)
    assert.strictEqual(found.get("POST /api/tasks/bulk .operations[].change.tag_ids"), 50)
  })

  it("keeps 200 entries and 101 unknown fields of an invalid body, in their order, and every known field", () => {
    const limits = bodyLimits(TaskBulk.ast)
    const operation = (n: number) => ({ op: "create", task: { title: n, tag_ids: Array(50).fill(n) } })
    const body = { operations: Array.from({ length: 100 }, (_, n) => operation(n)) }
    assert.isTrue(keepChecked(body, limits))
    assert.deepStrictEqual(
      body.operations.map(({ task }) => task.tag_ids.length),
      [50, 50, 50, 46]
    )
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`x${n}`, n]))
    const fields: Record<string, unknown> = { ...unknown, operations: [] }
    assert.isTrue(keepChecked(fields, limits))
    assert.lengthOf(Object.keys(fields), 102)
    assert.property(fields, "operations")
    assert.isFalse(keepChecked({ operations: [operation(1)], x: 1 }, limits))
  })
})
