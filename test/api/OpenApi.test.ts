import { join } from "node:path"
import { assert, describe, expect, it } from "@effect/vitest"
import { OpenApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"

const document = OpenApi.fromApi(Api)
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(
    ([method, operation]) => [`${method} ${path}`, operation as OpenApi.OpenAPISpecOperation] as const
  )
)

describe("The OpenAPI document", () => {
  // Changed on purpose? `npm test -- -u` writes the file anew: its diff is what clients will notice.
  it("is the agreed one", () =>
    expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot(
      join(import.meta.dirname, "openapi.json")
    ))

  it("has a name for every operation", () => {
    const names = operations.map(([, { operationId }]) => operationId)
    for (const name of names) assert.match(name, /^[a-z]+[A-Z][A-Za-z]+$/)
    assert.lengthOf(names, new Set(names).size)
  })

  it("says of every answer from 400 up that it is a problem", () => {
    for (const [name, { responses }] of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) >= 400)
          assert.deepStrictEqual(Object.keys(content ?? {}), ["application/problem+json"], name)
      }
    }
  })
})
