import { Exit } from "effect"
import { ValidationFailed } from "../../api/errors/CommonErrors.ts"
import { schemaErrors } from "../../domain/SchemaErrors.ts"
import type { RateLimitRule } from "../../rate-limit/RateLimiters.ts"
import { invalidRequestLimit } from "./RateLimit.ts"
import type { RequestContext, StepResult } from "./RequestContext.ts"

const notUtf8 = Exit.fail(
  new ValidationFailed({ errors: [{ pointer: "/query", code: "utf8", message: "Must be percent-encoded UTF-8" }] })
)

/** Decodes all parts of the request, or fails with everything that is wrong with it (422). */
export const decoding = (rule: RateLimitRule | undefined) => {
  const refuse = invalidRequestLimit(rule)
  return (request: RequestContext): StepResult => {
    const { query } = request
    if (query === undefined) return notUtf8
    const decoded = request.endpoint?.decode({
      url: request.url,
      path: request.params,
      query,
      headers: request.request.headers,
      body: request.body
    })
    if (decoded?.issues !== undefined) {
      return refuse(request, ValidationFailed.of(schemaErrors(decoded.issues), decoded.isPartial))
    }
    request.input = decoded?.input ?? {}
    return Exit.void
  }
}
