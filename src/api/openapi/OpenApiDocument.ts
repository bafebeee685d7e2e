import { Schema } from "effect"
import { OpenApi } from "effect/http-api"
import { defaultLimit } from "../../domain/Pagination.ts"
import { ProjectCreate, ProjectUpdate } from "../../domain/Project.ts"
import { TagCreate, TagUpdate } from "../../domain/Tag.ts"
import { TaskCreate, TaskUpdate } from "../../domain/Task.ts"
import { TaskQuery } from "../../domain/TaskQuery.ts"
import { Api } from "../Api.ts"
import { errorExamples } from "./ErrorExamples.ts"
import * as descriptions from "./OpenApiDescriptions.ts"
import { examples } from "./OpenApiExamples.ts"

type Json = Record<string, unknown>
type Document = OpenApi.OpenAPISpec
type Operation = OpenApi.OpenAPISpecOperation

const about = `Tasks for signed-in users: each sees their own, and nothing else.

Send a token as \`Authorization: Bearer …\`. Every row has a version, which is its \`ETag\`. Lists come in pages, and the way
to the next one is the \`Link\` header.

# Problems

Every answer from 400 up is \`application/problem+json\` (RFC 9457). A program tells problems apart by \`code\`. The
\`type\` is a name that leads to its section here: \`urn:tasks:task-not-found\` to task-not-found. Any request can also be
answered with those that no operation lists: bad-request, route-not-found, method-not-allowed, request-timeout,
headers-too-large and, in the moment after the start, not-ready.
`

/** The properties of a schema as a handler has them: what a client should write, though blanks around it are forgiven. */
const propertiesOf = (schema: Schema.Constraint): Json => {
  const { definitions, schema: root } = Schema.toJsonSchemaDocument(Schema.toType(schema))
  const name =
    String(root.$ref ?? "")
      .split("/")
      .at(-1) ?? ""
  return ((definitions[name] ?? root).properties ?? {}) as Json
}

const inputs = { TaskCreate, TaskUpdate, ProjectCreate, ProjectUpdate, TagCreate, TagUpdate }

// A schema whose encoded side is another than its own is `XEncoded` to the library, and the same one for another
// media type `X_1`. Readers know one X.
const nameOf = (name: string) => name.replace(/(Encoded|_\d+)$/, "")

const withPlainNames = (document: Document): Document =>
  JSON.parse(
    JSON.stringify(document).replaceAll(/"#\/components\/schemas\/(\w+)"/g, (_, name) =>
      JSON.stringify(`#/components/schemas/${nameOf(name)}`)
    )
  )

/** What the library says of the encoded side, in the words of the other: an integer is text only on its way here. */
const schemasOf = ({ components }: Document) => {
  const problems = new Map(errorExamples().map(({ body, name }) => [name, body]))
  const schemas: Record<string, Json> = {}
  for (const [encodedName, schema] of Object.entries(components.schemas)) {
    const name = nameOf(encodedName)
    const problem = problems.get(name as never)
    const example = problem ?? examples[name as keyof typeof examples]
    schemas[name] = {
      ...schema,
      ...(example !== undefined && { examples: [example] }),
      ...(problem !== undefined && asSent(schema)),
      ...(name in inputs && { properties: propertiesOf(inputs[name as keyof typeof inputs]) })
    }
  }
  return Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => a.localeCompare(b)))
}

// A client may take a problem without its fixed members, but none is sent without them.
const asSent = ({ properties, required }: Json) => {
  const { status, ...others } = properties as Record<string, Json>
  const more = (required as ReadonlyArray<string>).filter((name) => name !== "type")
  return {
    properties: { ...others, status: { ...status, type: "integer" } },
    required: ["type", "title", "status", ...more]
  }
}

const parameterOf = (query: Json) => (parameter: OpenApi.OpenAPISpecParameter) => {
  const { in: place, name } = parameter
  const isRead = place === "query" && name !== "cursor" && name in query
  // A page for trying things out fills examples in, and a first try should not be filtered by them.
  const { examples: _, ...schema } = (isRead ? query[name] : parameter.schema) as Json
  return {
    ...parameter,
    name: place === "header" ? headerName(name) : name,
    description: place === "path" ? `The id of the ${name.replace("_id", "")}.` : descriptions.parameters[name],
    schema: { ...schema, ...(name === "limit" && { default: defaultLimit }) }
  }
}

const headerName = (name: string) => name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase())

const headersOf = (headers: Readonly<Record<string, OpenApi.OpenAPISpecHeader>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, derived]) => {
      const { name: shown = headerName(name), ...header } = descriptions.headers[name] ?? {}
      return [shown, { ...derived, ...header }]
    })
  )

// A limit can be off, and an answer that was given before any limit was asked does not speak of one.
const limitHeaders = {
  "ratelimit-policy": { schema: {}, required: false },
  ratelimit: { schema: {}, required: false }
}

/** What every answer says, and every answer to a request that may be repeated or is counted. */
const responsesOf = ({ parameters, responses, security }: Operation) => {
  const isRepeatable = parameters.some(({ name }) => name === "idempotency-key")
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      {
        ...response,
        description: descriptions.statuses[Number(status)] ?? response.description.replaceAll(" | ", "; or: "),
        headers: headersOf({
          ...response.headers,
          ...(isRepeatable && { "idempotency-replayed": { schema: {}, required: false } }),
          ...(security.length > 0 && limitHeaders),
          "x-request-id": { schema: {}, required: true }
        })
      }
    ])
  )
}

const pathsOf = ({ paths }: Document) => {
  const parameter = parameterOf(propertiesOf(TaskQuery))
  const operationOf = (operation: Operation) => ({
    ...operation,
    parameters: operation.parameters.map(parameter),
    responses: responsesOf(operation)
  })
  return mapValues(paths, (item) => mapValues(item as Readonly<Record<string, Operation>>, operationOf))
}

const mapValues = <A, B>(object: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, f(value)]))

const quoted = (text: unknown) => `\`${text}\``

const sectionsOf = (schemas: Readonly<Record<string, Json>>) =>
  errorExamples().map(({ body: { code, detail, status, title, type }, name }) => {
    const properties = schemas[name]?.properties as Record<string, Json> | undefined
    const codes = (properties?.code?.enum ?? [code]) as ReadonlyArray<string>
    return `\n## ${type.replace("urn:tasks:", "")}\n\n${status}, ${codes.map(quoted).join(" or ")}: ${title}. ${detail}\n`
  })

const document = (derived: Document): Document => {
  const named = withPlainNames(derived)
  const schemas = schemasOf(named)
  const description = about + sectionsOf(schemas).join("")
  return {
    ...named,
    info: { ...named.info, contact: { name: "Effect Tasks" }, description },
    paths: pathsOf(named),
    components: { ...named.components, schemas }
  } as Document
}

/**
 * The contract whose OpenAPI document is as other people's tools want it: what the library derives, with what follows
 * from the contract but is not derived. It is not the contract itself, so that a browser need not carry its words.
 */
export const DocumentedApi = Api.annotate(OpenApi.Transform, (derived) => document(derived as Document))
