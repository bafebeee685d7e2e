import { assert, describe, it } from "@effect/vitest"
import { HttpApi } from "effect/http-api"
import { Api } from "../../../src/api/Api.ts"
import { type ArrayLimits, arrayLimits } from "../../../src/server/compiler/ArrayLimits.ts"

const allOf = (limits: ArrayLimits | undefined, path: string): ReadonlyArray<readonly [string, number]> => {
  if (limits === undefined) return []
  const { entries, fields = new Map(), max } = limits
  return [
    ...(max === undefined ? [] : [[path, max] as const]),
    ...allOf(entries, `${path}[]`),
    ...Array.from(fields, ([name, inner]) => allOf(inner, `${path}.${String(name)}`)).flat()
  ]
}

describe("ArrayLimits", () => {
  it("has a maximum length for every array in every body of the contract", () => {
    const found = new Map<string, number>()
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint: { method, path, payload } }) => {
        for (const { schemas } of payload.values()) {
          for (const { ast } of schemas) {
            for (const [place, max] of allOf(arrayLimits(ast), `${method} ${path} `)) found.set(place, max)
          }
        }
      }
    })
    for (const [place, max] of found) assert.isBelow(max, 1000, place)
    assert.strictEqual(found.get("POST /api/tasks .tag_ids"), 50)
    assert.strictEqual(found.get("POST /api/tasks/bulk .operations"), 100)
    assert.strictEqual(found.get("POST /api/tasks/bulk .operations[].change.tag_ids"), 50)
  })
})
