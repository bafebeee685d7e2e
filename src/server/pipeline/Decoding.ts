import { Exit } from "effect"
import { ValidationFailed } from "../../api/errors/CommonErrors.ts"
import { schemaErrors } from "../../domain/SchemaErrors.ts"
import type { RequestParts } from "../compiler/RequestDecoder.ts"
import type { FinishedStep, RequestContext } from "./RequestContext.ts"

const notUtf8 = Exit.fail(
  new ValidationFailed({ errors: [{ pointer: "/query", code: "utf8", message: "Must be percent-encoded UTF-8" }] })
)

const noQuery: RequestParts["query"] = {}

/** The parameters of a query, a list where a name occurs several times; `undefined` where it is not UTF-8. */
const parseQuery = (search: string): RequestParts["query"] | undefined => {
  if (search === "") return noQuery
  try {
    // `URLSearchParams` would replace what is not UTF-8.
    if (search.includes("%")) decodeURIComponent(search)
  } catch {
    return undefined
  }
  const query: Record<string, string | Array<string>> = Object.create(null)
  for (const [name, value] of new URLSearchParams(search)) {
    const known = query[name]
    if (known === undefined) query[name] = value
    else if (typeof known === "string") query[name] = [known, value]
    else known.push(value)
  }
  return query
}

/** Decodes all parts of the request, or fails with everything that is wrong with it (422). */
export const decodeRequest = (request: RequestContext): FinishedStep => {
  const query = parseQuery(request.search)
  if (query === undefined) return notUtf8
  const decoded = request.endpoint?.decode({
    url: request.url,
    path: request.params,
    query,
    headers: request.request.headers,
    body: request.body
  })
  if (decoded?.issues !== undefined) {
    return Exit.fail(ValidationFailed.of(schemaErrors(decoded.issues)))
  }
  request.input = decoded?.input ?? {}
  return Exit.void
}
