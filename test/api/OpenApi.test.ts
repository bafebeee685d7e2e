import { join } from "node:path"
import { assert, describe, expect, it } from "@effect/vitest"
import type { OpenApi } from "effect/http-api"
import { apiErrors } from "../../src/api/errors/ApiErrors.ts"
import { document, faultsOf } from "../support/Document.ts"

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

  it("has a name, and words for people, for every operation, parameter and header", () => {
    const names = operations.map(([, { operationId }]) => operationId)
    for (const name of names) assert.match(name, /^[a-z]+[A-Z][A-Za-z]+$/)
    assert.lengthOf(names, new Set(names).size)
    for (const [name, { description, parameters, responses, summary }] of operations) {
      assert.isOk(summary && description, name)
      for (const parameter of parameters) assert.isOk(parameter.description, `${name} ${parameter.name}`)
      for (const { headers = {} } of Object.values(responses)) {
        for (const [header, { description }] of Object.entries(headers)) assert.isOk(description, `${name} ${header}`)
      }
    }
  })

  it("has names for schemas as people would give them", () => {
    for (const name of Object.keys(document.components.schemas)) assert.match(name, /^([A-Z][a-z]+)+$/)
    assert.notMatch(JSON.stringify(document), /Encoded/)
  })

  it("says of every answer from 400 up that it is a problem", () => {
    for (const [name, { responses }] of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) >= 400)
          assert.deepStrictEqual(Object.keys(content ?? {}), ["application/problem+json"], name)
      }
    }
  })

  it("shows what every problem says, and names no problem that the contract does not know", () => {
    const types = apiErrors.map(({ fields }) => fields.type.schema.literal as string)
    const shown = Array.from(
      document.info.description?.matchAll(/^## ([a-z-]+)$/gm) ?? [],
      ([, name]) => `urn:tasks:${name}`
    )
    assert.sameMembers(shown, types)
    const declared = JSON.stringify(document.components).matchAll(/urn:tasks:[a-z-]+/g)
    assert.includeMembers(
      types,
      Array.from(declared, ([type]) => type)
    )
  })

  it("has examples that are what they are examples of", () => {
    let seen = 0
    const walk = (value: unknown, way: ReadonlyArray<string>) => {
      if (typeof value !== "object" || value === null) return
      if ("examples" in value && Array.isArray(value.examples)) {
        for (const example of value.examples) {
          seen += 1
          assert.deepStrictEqual(faultsOf(example, way), [], way.join("/"))
        }
      }
      for (const [key, inner] of Object.entries(value)) if (key !== "examples") walk(inner, [...way, key])
    }
    walk(document, [])
    assert.isAbove(seen, 100)
    for (const [name, { examples }] of Object.entries(document.components.schemas)) {
      assert.isTrue(Array.isArray(examples) || name.startsWith("Exported"), name)
    }
  })
})
