import { assert, describe, it } from "@effect/vitest"
import { Effect, JsonSchema, Option, Schema, SchemaRepresentation } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import type { HttpApiEndpoint, OpenApi } from "effect/http-api"
import { Api, strictParseOptions } from "../../src/api/Api.ts"
import { document, schemaViolations } from "../support/Document.ts"

type Json = Readonly<Record<string, unknown>>

const seed = 20_261_127
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** The generator supports patterns but not formats. */
const timestamp =
  "^(000[1-9]|[1-9]\\d{3})-(0[1-9]|1[0-2])-(0[2-9]|1\\d|2[0-7])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$"

const generated: Readonly<Record<string, object>> = {
  "date-time": { pattern: timestamp },
  date: { pattern: "^(000[2-9]|[1-9]\\d{3})-(0[1-9]|1[0-2])-(0[2-9]|1\\d|2[0-7])$" },
  "time-zone": { enum: ["UTC", "Europe/Berlin", "Asia/Kolkata"] },
  rrule: { enum: ["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3"] }
}

/** Values that the document allows, drawn from the document alone. */
const sample = (schema: object, count: number) => {
  const { definitions, schema: root } = JsonSchema.fromSchemaOpenApi3_1({
    ...schema,
    $defs: JsonSchema.fromSchemaOpenApi3_1({ $defs: document.components.schemas }).definitions
  } as JsonSchema.JsonSchema)
  const codec = SchemaRepresentation.fromJsonSchemaDocument(
    { dialect: "draft-2020-12", schema: root, definitions },
    {
      patterns: "apply",
      onEnter: (entered) => {
        const { [String(entered.format)]: known } = generated
        const { dependentRequired: _, format: __, not: ___, ...others } = entered
        return known === undefined ? others : { type: "string", ...known }
      }
    }
  ) as Schema.Codec<unknown>
  return Effect.runSync(Arbitrary.sampleEffect(Arbitrary.schema(codec), { seed, count, size: 8 }))
}

// At the limits of every constraint, of every JSON type, and nothing that a trim would change.
const replacements: ReadonlyArray<unknown> = [
  ...[null, true, 0, 1, -1, 1.5, 201, 1e9, [], {}, [[]], { x: 1 }, [null], ["x", "x"]],
  ...[
    "",
    " ",
    "\0",
    "\u200b\u3164",
    "x",
    "é".repeat(50),
    "😀".repeat(51),
    "😀".repeat(200),
    "x".repeat(201),
    "x".repeat(2001)
  ],
  ...[
    "#3b82f6",
    "#3B82F6",
    "#3b82f",
    "none",
    "pending",
    "done",
    "-title",
    "title-",
    "exact",
    "201",
    "-1",
    "0x1",
    "1e2"
  ],
  ...["2026-02-30T09:00:00Z", "2026-02-28", "0001-01-01T00:00:00Z", "019c2f7e"]
]

/** The value with one part replaced, added or removed: at every place, by every replacement. */
const mutations = (value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) {
    return [
      ...value.flatMap((item, n) => mutations(item).map((mutated) => value.with(n, mutated))),
      [...value, ...value],
      Array.from({ length: 101 }, () => value[0])
    ]
  }
  if (!isObject(value)) return replacements
  return [
    ...Object.entries(value).flatMap(([key, inner]) =>
      mutations(inner).map((mutated) => ({ ...value, [key]: mutated }))
    ),
    ...Object.keys(value).map((key) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== key))),
    { ...value, unknown: 1 }
  ]
}

const endpoints = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints as Readonly<Record<string, HttpApiEndpoint.Top>>)
)
const pathOf = ({ path }: { readonly path: string }) => path.replaceAll(/:(\w+)/g, "{$1}")
const operationOf = (endpoint: HttpApiEndpoint.Top) =>
  (document.paths[pathOf(endpoint)] as Readonly<Record<string, OpenApi.OpenAPISpecOperation>>)[
    endpoint.method.toLowerCase()
  ]

const accepts = (schema: Schema.Top) => {
  const decode = Schema.decodeUnknownOption(schema as Schema.Codec<unknown>, strictParseOptions)
  return (value: unknown) => Option.isSome(decode(value))
}

const bodies = endpoints.flatMap((endpoint) =>
  Object.entries(operationOf(endpoint)?.requestBody?.content ?? {}).map(([type, { schema }]) => ({
    name: `${endpoint.method} ${endpoint.path} as ${type}`,
    schema,
    path: ["paths", pathOf(endpoint), endpoint.method.toLowerCase(), "requestBody", "content", type, "schema"],
    accepts: accepts(Schema.Union(endpoint.payload.get(type)?.schemas ?? []))
  }))
)

const queries = endpoints.flatMap((endpoint) =>
  endpoint.query === undefined
    ? []
    : [
        {
          name: `${endpoint.method} ${endpoint.path}`,
          endpoint,
          accepts: accepts(Schema.toCodecArrayFromSingle(endpoint.query))
        }
      ]
)

/** Parameters whose values the document cannot describe: a cursor comes from the server. */
const isOpaque = (name: string) => name === "cursor"

describe("Values drawn from the OpenAPI document", () => {
  it("covers every request body and query", () => {
    assert.lengthOf(bodies, 19)
    assert.lengthOf(queries, 8)
  })

  it.each(bodies)("$name accepts every body that the document allows", ({ accepts, path, schema }) => {
    // A generator does not know which fields exclude or need each other, either.
    let allowed = 0
    for (const value of sample(schema, 100)) {
      const violations = schemaViolations(value, path)
      if (violations.length === 0) {
        allowed += 1
        assert.isTrue(accepts(value), JSON.stringify(value))
      }
    }
    assert.isAbove(allowed, 25)
  })

  it.each(bodies)("$name refuses every body that the document does not allow", ({ accepts, path, schema }) => {
    let refused = 0
    const mutated = sample(schema, 4).flatMap(mutations)
    const stride = Math.ceil(mutated.length / 500)
    for (const value of [...mutated.filter((_, n) => n % stride === 0), ...replacements]) {
      const isAllowed = schemaViolations(value, path).length === 0
      assert.strictEqual(accepts(value), isAllowed, JSON.stringify(value))
      if (!isAllowed) refused += 1
    }
    assert.isAbove(refused, 50)
  })

  it.each(queries)("$name accepts what the document allows as a query, and nothing else", ({ accepts, endpoint }) => {
    const parameters = operationOf(endpoint)?.parameters ?? []
    parameters.forEach(({ in: place, name, schema }, n) => {
      if (place !== "query" || isOpaque(name)) return
      const path = ["paths", pathOf(endpoint), endpoint.method.toLowerCase(), "parameters", n, "schema"]
      const toText = (value: unknown) => (Array.isArray(value) ? value.map(String) : String(value))
      for (const value of sample(schema, 50)) assert.isTrue(accepts({ [name]: toText(value) }), `${name}=${value}`)
      for (const text of replacements.filter((value) => typeof value === "string")) {
        // A query is text: the document's integers and arrays are read from it.
        const { type } = schema as { readonly type?: string }
        const value = type === "integer" && /^\d+$/.test(text) ? Number(text) : type === "array" ? [text] : text
        assert.strictEqual(accepts({ [name]: text }), schemaViolations(value, path).length === 0, `${name}=${text}`)
      }
    })
    assert.isFalse(accepts({ unknown: "1" }))
  })
})
