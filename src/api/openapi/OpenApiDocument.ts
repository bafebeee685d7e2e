import { Predicate, Record } from "effect"
import { OpenApi } from "effect/http-api"
import { Api } from "../Api.ts"
import { errorEntries, errorSections, headerName } from "./ErrorReference.ts"

type ByName<A> = { readonly [name: string]: A }
type Json = ByName<unknown>
type Document = OpenApi.OpenAPISpec
type Operation = OpenApi.OpenAPISpecOperation
type Header = OpenApi.OpenAPISpecHeader

const introduction = `Tasks, projects and tags of signed-in users. A user sees only their own rows.

Send a token as \`Authorization: Bearer …\`. Every row has a version, which is its \`ETag\`. Lists are paginated: the
\`Link\` header leads to the next page.

# Errors

Every response from 400 up is \`application/problem+json\` (RFC 9457). Programs distinguish errors by \`code\`. The
\`type\` names the section: \`urn:tasks:task-not-found\` is task-not-found. Every request can also get the errors that no
operation lists: bad-request, route-not-found, method-not-allowed, request-timeout, headers-too-large and not-ready.`

const prefix = "#/components/schemas/"

// The library numbers a schema that several media types or statuses use, and marks the encoded side of an error.
const plainName = (name: string) => name.replace(/(Encoded|_\d+)+$/, "")

/** Gives schemas their plain names, and merges what the library adds to a schema in `allOf`. */
const simplify = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(simplify)
  if (!Predicate.isObject(value)) return value
  const { allOf = [], ...schema } = Record.map(value, simplify)
  if (typeof schema.$ref === "string") schema.$ref = prefix + plainName(schema.$ref.replace(prefix, ""))
  // A check may state the type that a text stands for, as of an integer in a query.
  return Object.assign(schema, ...(allOf as ReadonlyArray<Json>))
}

/** Parameters and headers have their description beside the schema. */
const withDescription = <P extends { readonly schema: object }>({ schema, ...rest }: P) => {
  const { description, ...others } = schema as { readonly description?: string }
  return { ...rest, ...(description !== undefined && { description }), schema: others }
}

const text = (description: string, example: string, required = false): Header => ({
  description,
  required,
  schema: { type: "string", examples: [example] }
})

const everyResponse = {
  "x-request-id": text(
    "Identifies the request in the server's logs: the X-Request-Id of the request, or a generated one.",
    "01a1fad1-bc0a-7060-9317-b487f8600276",
    true
  )
}
const countedResponse = {
  ratelimit: text(
    "Per limit, the requests left (`r`) and the seconds until all are available again (`t`).",
    '"address";r=998;t=1, "user";r=97;t=2'
  ),
  "ratelimit-policy": text(
    "Per limit, the number of requests (`q`) allowed in a number of seconds (`w`).",
    '"address";q=1000;w=60, "user";q=100;w=60'
  )
}
const repeatableResponse = {
  "idempotency-replayed": {
    description: "`true` if this is the stored response to an earlier request with the same Idempotency-Key.",
    required: false,
    schema: { type: "string", enum: ["true"] }
  }
}

const successes: ByName<string> = { 200: "Success", 201: "Created", 204: "Done" }

/** The library declares the bytes of a stream. */
const eventStream = {
  schema: { type: "string", description: "Server-sent events (WHATWG HTML, section 9.2)." },
  example: "retry: 1732\n\nevent: changes\nid: eyJ1c2VyIjoxMjM0LCJlcG9jaCI6NTY3OCwic2VxIjo0Mn0\ndata:\n\n:\n\n"
}

/** The examples of a media type are those of its schemas. */
const examplesOf = ({ schema }: { readonly schema: Json }, components: ByName<Json>): Json => {
  const names = ((schema.anyOf ?? [schema]) as ReadonlyArray<Json>).flatMap(({ $ref }) =>
    typeof $ref === "string" ? $ref.replace(prefix, "") : []
  )
  const items = Predicate.isObject(schema.items) && String(schema.items.$ref).replace(prefix, "")
  if (items) return { example: [components[items]?.examples].flat() }
  return { examples: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }])) }
}

const operationOf = (components: ByName<Json>) => (operation: Operation) => {
  const { parameters, requestBody, responses, security } = operation
  const isRepeatable = parameters.some(({ name }) => name === "idempotency-key")
  const content = (types: OpenApi.OpenApiSpecContent = {}) =>
    Record.map(types, (type, mediaType) =>
      mediaType === "text/event-stream" ? eventStream : { ...type, ...examplesOf(type, components) }
    )
  const headers = (own: ByName<Header> = {}) => {
    const all = {
      ...Record.map(own, withDescription),
      ...(isRepeatable && repeatableResponse),
      ...(security.length > 0 && countedResponse),
      ...everyResponse
    }
    return Object.fromEntries(Object.entries(all).map(([name, header]) => [headerName(name), header]))
  }
  return {
    ...operation,
    parameters: parameters.map((parameter) => ({
      ...withDescription(parameter),
      name: parameter.in === "header" ? headerName(parameter.name) : parameter.name
    })),
    ...(requestBody && { requestBody: { ...requestBody, content: content(requestBody.content) } }),
    responses: Record.map(responses as ByName<OpenApi.OpenApiSpecResponse>, (response, status) => ({
      ...response,
      description: successes[status] ?? response.description.replaceAll(" | ", ", or: "),
      headers: headers(response.headers),
      ...(response.content && { content: content(response.content) })
    }))
  }
}

const notBoth = {
  not: {
    properties: { due: { description: "Excludes `due_at`." }, due_at: { description: "Excludes `due`." } },
    required: ["due", "due_at"]
  }
}

/** Fields that exclude or need each other, which are checked apart from the schemas. */
const combinations: ByName<Json> = {
  DueInput: { dependentRequired: { time_zone: ["time"] } },
  TaskCreate: notBoth,
  TaskUpdate: notBoth
}

const componentsOf = (schemas: ByName<Json>) => {
  const errors = new Map(errorEntries().map(({ body, name }) => [name as string, body]))
  const components: { [name: string]: Json } = {}
  for (const [derivedName, schema] of Object.entries(schemas).toSorted(([a], [b]) => a.localeCompare(b))) {
    const name = plainName(derivedName)
    const error = errors.get(name)
    if (error === undefined) components[name] = { ...schema, ...combinations[name] }
    else {
      // A client accepts an error without its fixed members; the server always sends them.
      const { properties, required } = schema as { readonly properties: Json; readonly required: ReadonlyArray<string> }
      components[name] = {
        ...schema,
        properties: { ...properties, status: { type: "integer", enum: [error.status] } },
        required: [...new Set(["type", "title", "status", ...required])],
        examples: [error]
      }
    }
  }
  return components
}

const document = (derived: Document): Document => {
  const { components, info, paths, ...rest } = simplify(derived) as Document
  const schemas = componentsOf(components.schemas as ByName<Json>)
  const operations = Record.map(paths, (item) => Record.map(item as ByName<Operation>, operationOf(schemas)))
  const used = JSON.stringify(operations)
  const examples = Object.entries(schemas).flatMap(([name, { examples }]) =>
    Array.isArray(examples) && used.includes(`"#/components/examples/${name}"`) ? [[name, { value: examples[0] }]] : []
  )
  return {
    ...rest,
    info: {
      ...info,
      contact: { name: "Effect Tasks" },
      description: [introduction, ...errorSections()].join("\n\n")
    },
    paths: operations,
    components: { ...components, schemas, examples: Object.fromEntries(examples) }
  } as Document
}

/**
 * The contract with an OpenAPI document for other tools: what the library derives, in plain names, with the headers
 * and examples that follow from the contract. Browsers use `Api`, which does not carry this code.
 */
export const DocumentedApi = Api.annotate(OpenApi.Transform, (derived) => document(derived as Document))
