import { join } from "node:path"
import { assert, describe, expect, it } from "@effect/vitest"
import type { OpenApi } from "effect/http-api"
import { apiErrors } from "../../src/api/errors/ApiErrors.ts"
import { document, schemaViolations } from "../support/Document.ts"

type Json = Readonly<Record<string, unknown>>

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(
    ([method, operation]) => [`${method} ${path}`, operation as OpenApi.OpenAPISpecOperation] as const
  )
)
const schemas = document.components.schemas as Readonly<Record<string, Json>>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null

/** Every object in the document, with the path to it. The data of examples is left out. */
const walk = (visit: (value: Json, path: ReadonlyArray<string>) => void) => {
  const step = (value: unknown, path: ReadonlyArray<string>) => {
    if (!isObject(value)) return
    visit(value, path)
    for (const [key, inner] of Object.entries(value)) {
      if (key !== "examples" && key !== "example") step(inner, [...path, key])
    }
  }
  step(document, [])
}

describe("OpenAPI document", () => {
  // After an intended change, `npm run docs` writes the file anew: its diff is what clients will notice.
  it("equals test/api/openapi.json", () =>
    expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot(
      join(import.meta.dirname, "openapi.json")
    ))

  it("has a unique name, a unique summary and a description for every operation", () => {
    for (const field of ["operationId", "summary"] as const) {
      const values = operations.map(([, operation]) => operation[field])
      assert.lengthOf(values, new Set(values).size, field)
    }
    for (const [name, { description, operationId, summary }] of operations) {
      assert.match(operationId, /^[a-z]+[A-Z][A-Za-z]+$/)
      assert.isOk(summary && description, name)
    }
  })

  it("describes every parameter and response header", () => {
    for (const [name, { parameters, responses }] of operations) {
      for (const parameter of parameters) assert.isOk(parameter.description, `${name} ${parameter.name}`)
      for (const { headers = {} } of Object.values(responses)) {
        for (const [header, { description }] of Object.entries(headers)) assert.isOk(description, `${name} ${header}`)
      }
    }
  })

  it("describes every property of every schema", () => {
    const fixed = ["type", "title", "status", "instance", "code"]
    walk(({ properties }, path) => {
      if (!isObject(properties)) return
      const isError = isObject(properties.request_id)
      for (const [name, property] of Object.entries(properties)) {
        if (isError && fixed.includes(name)) continue
        const { $ref, description } = property as Json
        assert.isOk(description ?? $ref, [...path, name].join("/"))
      }
    })
  })

  it("marks the fields that the server sets as read-only, in responses alone", () => {
    const isReadOnly = (schema: string) =>
      Object.entries(schemas[schema]?.properties as Json).flatMap(([name, property]) =>
        (property as Json).readOnly === true ? [name] : []
      )
    const row = ["created_at", "id", "updated_at", "user_id", "version"]
    assert.sameMembers(isReadOnly("Project"), row)
    assert.sameMembers(isReadOnly("Tag"), row)
    assert.sameMembers(isReadOnly("Task"), [...row, "subtasks", "position", "completed_at"])
    for (const name of Object.keys(schemas)) {
      if (/Create|Update/.test(name)) assert.deepStrictEqual(isReadOnly(name), [], name)
    }
  })

  it("states the constraints of colors, titles, timestamps and query integers", () => {
    const { properties } = schemas.ProjectCreate as { readonly properties: Readonly<Record<string, Json>> }
    assert.include(JSON.stringify(properties.color), '"pattern":"^#[0-9a-f]{6}$"')
    assert.deepInclude(properties.name, { minLength: 1, maxLength: 200 })
    assert.include(
      JSON.stringify((schemas.TaskCreate as { readonly properties: Json }).properties.due_at),
      '"format":"date-time"'
    )
    const [limit] = document.paths["/api/tasks"]?.get?.parameters ?? []
    assert.deepStrictEqual(limit?.schema, { type: "integer", minimum: 1, maximum: 200, default: 50 })
  })

  it("uses one component for ids, and one for each enumeration", () => {
    for (const name of ["Uuid", "RowType", "TaskStatus", "TaskPriority", "TaskSort", "RecurrenceAnchor", "Language"]) {
      assert.property(schemas, name)
    }
    const enumerations: Array<string> = []
    walk((value, path) => {
      if (Array.isArray(value.enum) && value.enum.length > 1) enumerations.push(path.join("/"))
      if (value.format === "uuid") assert.strictEqual(path.at(-1), "Uuid")
    })
    const inline = enumerations.filter(
      (path) => !/schemas\/(RowType|Task(Status|Priority|Sort)|RecurrenceAnchor|Language)$/.test(path)
    )
    assert.deepStrictEqual(inline, [
      "components/schemas/HealthChecks/additionalProperties/properties/status",
      "components/schemas/ParsedTask/properties/spans/items/properties/field",
      "components/schemas/QuotaExceeded/properties/quota",
      "components/schemas/RateLimited/properties/limit",
      "components/schemas/Unauthorized/properties/code"
    ])
  })

  it("gives every schema one name, without the suffixes of the library", () => {
    for (const name of Object.keys(schemas)) assert.match(name, /^([A-Z][a-z]+)+$/)
    assert.notMatch(JSON.stringify(document), /Encoded|schemas\/\w+_\d/)
  })

  it("declares every response from 400 up as application/problem+json", () => {
    for (const [name, { responses }] of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue
        assert.deepStrictEqual(Object.keys(content ?? {}), ["application/problem+json"], name)
      }
    }
  })

  it("describes every error of the API, and declares no other", () => {
    const types = apiErrors.map(({ fields }) => fields.type.schema.literal as string)
    const described = Array.from(
      document.info.description?.matchAll(/^## ([a-z-]+)$/gm) ?? [],
      ([, name]) => `urn:tasks:${name}`
    )
    assert.sameMembers(described, types)
    const declared = JSON.stringify(document.components).matchAll(/urn:tasks:[a-z-]+/g)
    assert.includeMembers(
      types,
      Array.from(declared, ([type]) => type)
    )
  })

  it("has examples that match their schemas", () => {
    // Many responses have the same header: each distinct schema is compiled once.
    const checked = new Set<string>()
    walk((value, path) => {
      const schema = JSON.stringify(value)
      if (!Array.isArray(value.examples) || checked.has(schema)) return
      checked.add(schema)
      for (const example of value.examples) assert.deepStrictEqual(schemaViolations(example, path), [], path.join("/"))
    })
    assert.isAbove(checked.size, 60)
  })

  it("shows an example for every request body and every response body", () => {
    const resolve = ({ $ref }: { readonly $ref?: string }) =>
      document.components["examples" as never]?.[($ref ?? "").split("/").at(-1) as never]
    for (const [name, { requestBody, responses }] of operations) {
      for (const { content } of [requestBody, ...Object.values(responses)].flatMap((part) => part ?? [])) {
        for (const type of Object.values<object>(content ?? {}) as ReadonlyArray<Json>) {
          const shown = isObject(type.examples)
            ? Object.values(type.examples).map((value) => resolve(value as Json))
            : [type.example]
          assert.isNotEmpty(shown, name)
          for (const example of shown) assert.isOk(example, name)
        }
      }
    }
  })
})
