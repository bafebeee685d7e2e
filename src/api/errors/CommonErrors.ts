import { Schema } from "effect"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import { problemFields } from "./ProblemFields.ts"

/** `TOKEN_MISSING` alone is no fault of a token, and is answered without an error code (RFC 6750, section 3.1). */
const TokenErrorCode = Schema.Literals(["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED"])
export type TokenErrorCode = typeof TokenErrorCode.Type

export class Unauthorized extends HttpApiError.Problem<Unauthorized>()(
  "Unauthorized",
  { type: "urn:tasks:unauthorized", status: 401, title: "A valid bearer token is needed" },
  { ...problemFields("", ""), code: TokenErrorCode }
) {
  get headers() {
    const error = this.code === "TOKEN_MISSING" ? "" : ` error="invalid_token", error_description="${this.detail}"`
    return { "www-authenticate": `Bearer${error}` }
  }
  static readonly response = Unauthorized.pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: Unauthorized, headers: { "www-authenticate": Schema.String } },
      { decode: ({ body }) => body, encode: (problem) => ({ body: problem, headers: problem.headers }) }
    )
  )
}

/** Whose requests are counted: those from an address, whoever they are of, and those of a user. */
const RateLimitScope = Schema.Literals(["address", "user"])
export type RateLimitScope = typeof RateLimitScope.Type

export class TooManyRequests extends HttpApiError.Problem<TooManyRequests>()(
  "TooManyRequests",
  { type: "urn:tasks:rate-limited", status: 429, title: "Too many requests" },
  { ...problemFields("RATE_LIMITED", ""), limit: RateLimitScope, retry_after: Schema.Int }
) {
  get headers() {
    return { "retry-after": String(this.retry_after) }
  }
  static readonly response = TooManyRequests.pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: TooManyRequests, headers: { "retry-after": Schema.String } },
      { decode: ({ body }) => body, encode: (problem) => ({ body: problem, headers: problem.headers }) }
    )
  )
}

export class UnsupportedMediaType extends HttpApiError.Problem<UnsupportedMediaType>()(
  "UnsupportedMediaType",
  { type: "urn:tasks:unsupported-media-type", status: 415, title: "The body is not of a type this path takes" },
  problemFields("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json in UTF-8, without a content encoding.")
) {}

export class PayloadTooLarge extends HttpApiError.Problem<PayloadTooLarge>()(
  "PayloadTooLarge",
  { type: "urn:tasks:payload-too-large", status: 413, title: "The body is too large" },
  problemFields("PAYLOAD_TOO_LARGE", "A body may have at most 64 KiB.")
) {}

/** One thing that is wrong with a request. `pointer` (RFC 6901) begins with the part: `/body/title`, `/query/limit`. */
export const FieldError = Schema.Struct({
  pointer: Schema.String,
  code: Schema.String,
  message: Schema.String,
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite])))
}).annotate({
  identifier: "Fault",
  examples: [
    { pointer: "/body/title", code: "too_long", message: "Must have at most 200 characters", params: { max: 200 } }
  ]
})
export type FieldError = typeof FieldError.Type

export class ValidationFailed extends HttpApiError.Problem<ValidationFailed>()(
  "ValidationFailed",
  { type: "urn:tasks:validation-failed", status: 422, title: "The request is not valid" },
  {
    ...problemFields("VALIDATION_FAILED", "Every fault that was found is listed under errors."),
    errors: Schema.Array(FieldError)
  }
) {}

export class RouteNotFound extends HttpApiError.Problem<RouteNotFound>()(
  "RouteNotFound",
  { type: "urn:tasks:route-not-found", status: 404, title: "There is nothing at this path" },
  problemFields("ROUTE_NOT_FOUND", "The paths of this service are listed at /docs and /openapi.json.")
) {}

export class MethodNotAllowed extends HttpApiError.Problem<MethodNotAllowed>()(
  "MethodNotAllowed",
  { type: "urn:tasks:method-not-allowed", status: 405, title: "This path does not take this method" },
  {
    ...problemFields("METHOD_NOT_ALLOWED", "The methods this path takes are in the Allow header."),
    allow: Schema.Array(Schema.String)
  }
) {
  get headers() {
    return { allow: this.allow.join(", ") }
  }
}

export class BadRequest extends HttpApiError.Problem<BadRequest>()(
  "BadRequest",
  { type: "urn:tasks:bad-request", status: 400, title: "This is not HTTP" },
  problemFields("BAD_REQUEST", "The request could not be read as HTTP/1.1.")
) {}

export class RequestTimeout extends HttpApiError.Problem<RequestTimeout>()(
  "RequestTimeout",
  { type: "urn:tasks:request-timeout", status: 408, title: "The request came too slowly" },
  problemFields("REQUEST_TIMEOUT", "The request was not complete in time.")
) {}

export class HeadersTooLarge extends HttpApiError.Problem<HeadersTooLarge>()(
  "HeadersTooLarge",
  { type: "urn:tasks:headers-too-large", status: 431, title: "The headers are too large" },
  problemFields("HEADERS_TOO_LARGE", "The request line and the headers may have at most 16 KiB together.")
) {}

export class ServiceUnavailable extends HttpApiError.Problem<ServiceUnavailable>()(
  "ServiceUnavailable",
  { type: "urn:tasks:service-unavailable", status: 503, title: "The service cannot answer now" },
  problemFields("SERVICE_UNAVAILABLE", "The database does not answer. It is not known whether a change was made.")
) {
  get headers() {
    return { "retry-after": "1" }
  }
  static readonly response = ServiceUnavailable.pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: ServiceUnavailable, headers: { "retry-after": Schema.String } },
      { decode: ({ body }) => body, encode: (problem) => ({ body: problem, headers: problem.headers }) }
    )
  )
}

/** What the service cannot work without, and how each does. */
export const HealthChecks = Schema.Record(
  Schema.String,
  Schema.Struct({ status: Schema.Literals(["ok", "failing"]), reason: Schema.optionalKey(Schema.String) })
)
export type HealthChecks = typeof HealthChecks.Type

export class NotReady extends HttpApiError.Problem<NotReady>()(
  "NotReady",
  { type: "urn:tasks:not-ready", status: 503, title: "The service is not ready" },
  { ...problemFields("NOT_READY", "Something that the service needs is missing: see checks."), checks: HealthChecks }
) {
  get headers() {
    return { "retry-after": "1" }
  }
  static readonly response = NotReady.pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: NotReady, headers: { "retry-after": Schema.String } },
      { decode: ({ body }) => body, encode: (problem) => ({ body: problem, headers: problem.headers }) }
    )
  )
}

export class InternalServerError extends HttpApiError.Problem<InternalServerError>()(
  "InternalServerError",
  { type: "urn:tasks:internal-server-error", status: 500, title: "The service failed" },
  problemFields("INTERNAL_SERVER_ERROR", "The fault is ours and is logged under the request_id.")
) {}
