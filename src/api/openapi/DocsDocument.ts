import { Record } from "effect"
import type { OpenApi } from "effect/http-api"

type Operation = OpenApi.OpenAPISpecOperation
type Examples = { readonly examples?: object; readonly default?: unknown }

/** Scalar finds a parameter's example by the name of the body's example, or as `default` if the body has none. */
const exampleNames = ({ requestBody }: Operation) => [
  "default",
  ...Object.values((requestBody?.content ?? {}) as Record<string, Examples>).flatMap(({ examples = {} }) =>
    Object.keys(examples)
  )
]

/** Scalar would send every parameter for which it has or invents a value: a first test request would filter its list. */
const turnOffOptional = (operation: Operation): Operation => {
  const names = exampleNames(operation)
  const parameters = operation.parameters.map((parameter) => {
    if (parameter.required) return parameter
    const { default: initial = "", examples = [initial] } = parameter.schema as Examples
    const off = { value: Object.values(examples)[0], "x-disabled": true }
    return { ...parameter, examples: Object.fromEntries(names.map((name) => [name, off])) }
  })
  return { ...operation, parameters }
}

/** The OpenAPI document for the page `/docs`, where optional parameters are off until a person turns them on. */
export const docsDocument = (document: OpenApi.OpenAPISpec) => ({
  ...document,
  paths: Record.map(document.paths, (item) => Record.map(item as Record<string, Operation>, turnOffOptional))
})
