import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js"
import formats from "ajv-formats"
import { OpenApi } from "effect/http-api"
import { apiErrors } from "../../src/api/errors/ApiErrors.ts"
import { DocumentedApi } from "../../src/api/openapi/OpenApiDocument.ts"
import { partsOf } from "../../src/domain/Recurrence.ts"
import { isTimeZone } from "../../src/domain/TimeZone.ts"
import { shared } from "./Shared.ts"

// Made once per run: that takes 30 times as long as reading it.
const folder = await shared("document", (folder) =>
  writeFile(join(folder, "openapi.json"), JSON.stringify(OpenApi.fromApi(DocumentedApi)))
)

export const document: OpenApi.OpenAPISpec = JSON.parse(await readFile(join(folder, "openapi.json"), "utf8"))

// The document itself is no schema, so that there is nothing to validate. Code that runs a few times need not be optimized.
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  coerceTypes: false,
  validateSchema: false,
  code: { optimize: false }
})
formats.default(ajv)
ajv.addFormat("time-zone", isTimeZone)
ajv.addFormat("rrule", (text) => partsOf(text) !== undefined)
ajv.addSchema(document, "document")

const escape = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1")

/** The errors of a value against a schema of the document, which its path names. */
export const schemaViolations = (value: unknown, way: ReadonlyArray<string | number>): ReadonlyArray<string> => {
  const pointer = way.map((step) => escape(String(step))).join("/")
  const validate = ajv.getSchema(`document#/${pointer}`)
  if (validate === undefined) return [`no schema at ${pointer}`]
  if (validate(value)) return []
  return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath} ${message}`)
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  /** As it was sent. */
  readonly text: string
}

const templates = Object.entries(document.paths).map(([path, item]) => ({
  path,
  methods: Object.keys(item),
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`)
}))

const operationOf = (method: string, url: string) => {
  const [path = ""] = url.split("?", 1)
  const name = method === "HEAD" ? "get" : method.toLowerCase()
  const template = templates.find(({ methods, pattern }) => pattern.test(path) && methods.includes(name))
  return template && { path: template.path, method: name }
}

/** Headers of every server, which the contract need not declare. */
const common =
  /^(content-type|content-length|date|connection|keep-alive|transfer-encoding|vary|cache-control|allow|x-content-type-options|strict-transport-security|access-control-.*)$/

const isNumber = (schema: object) => "type" in schema && schema.type === "integer"

const faultsInHeaders = (headers: Headers, way: ReadonlyArray<string | number>, declared: object = {}) => {
  const faults: Array<string> = []
  const known = new Map(Object.entries(declared).map(([name, header]) => [name.toLowerCase(), { name, header }]))
  for (const [name, value] of headers) {
    if (common.test(name)) continue
    const { header, name: shown } = known.get(name) ?? {}
    if (header === undefined || shown === undefined) faults.push(`header ${name} is not declared`)
    else
      faults.push(
        ...schemaViolations(isNumber(header.schema) ? Number(value) : value, [...way, "headers", shown, "schema"])
      )
  }
  for (const [name, { header }] of known) {
    if (header.required && !headers.has(name)) faults.push(`header ${name} is missing`)
  }
  return faults
}

/** Errors that a request can cause before its operation is known. */
const early = new Set(["BAD_REQUEST", "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED", "REQUEST_TIMEOUT", "HEADERS_TOO_LARGE"])
const types = new Set(apiErrors.map(({ fields }) => fields.type.schema.literal as string))

/** How a response violates the document. */
export const violationsOf = (method: string, url: string, { headers, status, text }: Answer): ReadonlyArray<string> => {
  const contentType = headers.get("content-type")?.split(";", 1)[0]
  if (contentType === "application/problem+json" && text !== "") {
    const { code, type } = JSON.parse(text)
    if (!types.has(type)) return [`there is no problem ${type}`]
    if (early.has(code)) return []
  }
  const operation = operationOf(method, url)
  if (operation === undefined) return status < 400 ? [] : [`${status} of no operation`]
  const way = ["paths", operation.path, operation.method, "responses", status]
  const item = document.paths[operation.path] as Readonly<Record<string, OpenApi.OpenAPISpecOperation>>
  const response = item[operation.method]?.responses[status]
  if (response === undefined) return [`status ${status} is not declared`]
  const faults = [...faultsInHeaders(headers, way, response.headers)]
  if (method === "HEAD") return faults
  if (response.content === undefined) return text === "" ? faults : [...faults, "a body is not declared"]
  if (contentType === undefined || !(contentType in response.content)) {
    return [...faults, `content type ${contentType} is not declared`]
  }
  const values = contentType === "application/x-ndjson" ? text.split("\n").filter((line) => line !== "") : [text]
  return [
    ...faults,
    ...values.flatMap((value) => schemaViolations(JSON.parse(value), [...way, "content", contentType, "schema"]))
  ]
}
