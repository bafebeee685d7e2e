import { Schema } from "effect"
import { described } from "../../domain/Description.ts"
import { quotaKinds } from "../../domain/Quota.ts"
import { FieldError, fieldErrorExample } from "../../domain/SchemaErrors.ts"
import { ApiError, withHeaders } from "./ApiError.ts"

export class BadRequest extends ApiError<BadRequest>()("BadRequest", {
  status: 400,
  title: "Malformed HTTP request",
  detail: "The server cannot parse the request as HTTP/1.1. Check the client and the proxies in between."
}) {}

/** Without a token the response has no error code (RFC 6750, section 3.1). */
const TokenErrorCode = Schema.Literals(["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED"])
export type TokenErrorCode = typeof TokenErrorCode.Type

export class Unauthorized extends ApiError<Unauthorized>()("Unauthorized", {
  status: 401,
  title: "Unauthorized",
  detail: "The token has expired. Get a new token and repeat the request.",
  fields: {
    code: TokenErrorCode.pipe(
      described(
        "`TOKEN_MISSING`: sign the user in. `TOKEN_EXPIRED`: get a new token. `TOKEN_INVALID`: `detail` says why.",
        { examples: ["TOKEN_EXPIRED"] }
      )
    )
  }
}) {
  get headers() {
    const error = this.code === "TOKEN_MISSING" ? "" : ` error="invalid_token", error_description="${this.detail}"`
    return { "www-authenticate": `Bearer${error}` }
  }
  static readonly response = withHeaders(Unauthorized, {
    "www-authenticate": Schema.String.pipe(
      described("`Bearer`, and what is wrong with the token (RFC 6750).", {
        examples: ['Bearer error="invalid_token", error_description="The token has expired."']
      })
    )
  })
}

export class RouteNotFound extends ApiError<RouteNotFound>()("RouteNotFound", {
  status: 404,
  title: "Not found",
  detail: "This path does not exist. All paths are listed at /docs and /openapi.json."
}) {}

export class MethodNotAllowed extends ApiError<MethodNotAllowed>()("MethodNotAllowed", {
  status: 405,
  title: "Method not allowed",
  detail: "This path does not support this method. The Allow header lists the methods that it supports.",
  fields: {
    allow: Schema.Array(Schema.String).pipe(
      described("The methods that this path supports.", { examples: [["GET", "HEAD", "POST"]] })
    )
  }
}) {
  get headers() {
    return { allow: this.allow.join(", ") }
  }
}

export class RequestTimeout extends ApiError<RequestTimeout>()("RequestTimeout", {
  status: 408,
  title: "Request timeout",
  detail: "The request did not arrive in time and the server closes the connection. Send it again."
}) {}

export class PayloadTooLarge extends ApiError<PayloadTooLarge>()("PayloadTooLarge", {
  status: 413,
  title: "Payload too large",
  detail: "The body exceeds 64 KiB. Send less at a time."
}) {}

export class UnsupportedMediaType extends ApiError<UnsupportedMediaType>()("UnsupportedMediaType", {
  status: 415,
  title: "Unsupported media type",
  detail: "Send the body as application/json in UTF-8, without a content encoding.",
  fields: {
    accept_patch: Schema.optionalKey(Schema.Array(Schema.String)).pipe(
      described("The media types that this path accepts for a PATCH. Absent for other methods.")
    ),
    accept_encoding: Schema.optionalKey(Schema.Literal("identity")).pipe(
      described("Present when the content encoding is the reason.")
    )
  }
}) {
  get headers(): { readonly [name: string]: string } {
    return {
      ...(this.accept_patch !== undefined && { "accept-patch": this.accept_patch.join(", ") }),
      ...(this.accept_encoding !== undefined && { "accept-encoding": this.accept_encoding })
    }
  }
  static readonly response = withHeaders(UnsupportedMediaType, {
    "accept-encoding": Schema.optionalKey(Schema.Literal("identity")).pipe(
      described("Present when the content encoding is the reason: send the body without one (RFC 9110, 12.5.3).")
    ),
    "accept-patch": Schema.optionalKey(Schema.String).pipe(
      described("The media types that this path accepts for a PATCH (RFC 5789). Absent for other methods.", {
        examples: ["application/json, application/merge-patch+json"]
      })
    )
  })
}

const maxErrors = 100
const maxPointer = 256
// A character takes at most three bytes, so the body stays below 64 KiB.
const maxCharacters = 20_000

export class ValidationFailed extends ApiError<ValidationFailed>()("ValidationFailed", {
  status: 422,
  title: "Validation failed",
  detail: "The request is not valid. Correct what `errors` lists.",
  fields: {
    errors: Schema.Array(FieldError)
      .check(Schema.isMaxLength(maxErrors))
      .pipe(described(`Every error in the request, up to ${maxErrors}.`, { examples: [[fieldErrorExample]] })),
    errors_truncated: Schema.optionalKey(Schema.Literal(true)).pipe(
      described("Present when the request may have more errors than `errors` lists.")
    )
  }
}) {
  /**
   * The first errors, as many as a response may contain. Reads at most one more than it keeps. `isPartial`: there may be
   * further errors.
   */
  static of(errors: Iterable<FieldError>, isPartial = false) {
    const kept: Array<FieldError> = []
    let characters = 0
    for (const error of errors) {
      const bounded = { ...error, pointer: error.pointer.slice(0, maxPointer) }
      characters += JSON.stringify(bounded).length
      if (kept.length === maxErrors || characters > maxCharacters) {
        return new ValidationFailed({ errors: kept, errors_truncated: true })
      }
      kept.push(bounded)
    }
    return new ValidationFailed({ errors: kept, ...(isPartial && { errors_truncated: true }) })
  }
}

export const retryAfter = {
  "retry-after": Schema.String.check(
    Schema.isPattern(/^\d+$/, { toJsonSchema: () => ({ type: "integer", minimum: 0 }) })
  ).pipe(described("Seconds to wait before the next request.", { examples: [1] }))
}

const RateLimitScope = Schema.Literals(["address", "user"])
export type RateLimitScope = typeof RateLimitScope.Type

export class RateLimited extends ApiError<RateLimited>()("RateLimited", {
  status: 429,
  title: "Too many requests",
  detail: "A user may send 100 requests a minute. Wait for the seconds that Retry-After states.",
  fields: {
    limit: RateLimitScope.pipe(
      described("What is counted: requests from one address, or of one user.", { examples: ["user"] })
    ),
    retry_after: Schema.Int.pipe(described("Seconds to wait, equal to the Retry-After header.", { examples: [1] }))
  }
}) {
  get headers() {
    return { "retry-after": String(this.retry_after) }
  }
  static readonly response = withHeaders(RateLimited, retryAfter)
}

export class QuotaExceeded extends ApiError<QuotaExceeded>()("QuotaExceeded", {
  status: 403,
  title: "Quota exceeded",
  detail: "You have reached the limit of 100000 tasks, including those in the trash. Delete some permanently.",
  fields: {
    quota: Schema.Literals(quotaKinds).pipe(
      described(
        "What is limited: tasks including those in the trash, projects, tags, or bytes of stored responses to requests with an Idempotency-Key.",
        { examples: ["task"] }
      )
    ),
    limit: Schema.Int.pipe(described("The maximum for one user.", { examples: [100_000] }))
  }
}) {}

export class HeadersTooLarge extends ApiError<HeadersTooLarge>()("HeadersTooLarge", {
  status: 431,
  title: "Request headers too large",
  detail: "The request line and the headers exceed 16 KiB together. Send fewer or shorter headers."
}) {}

export class InternalServerError extends ApiError<InternalServerError>()("InternalServerError", {
  status: 500,
  title: "Internal server error",
  detail: "The server has a bug and logged it. Report it with the request_id."
}) {}

export class ServiceUnavailable extends ApiError<ServiceUnavailable>()("ServiceUnavailable", {
  status: 503,
  title: "Service unavailable",
  detail:
    "The database does not respond. A change may or may not have been made: repeat it with the same id or Idempotency-Key."
}) {
  get headers() {
    return { "retry-after": "1" }
  }
  static readonly response = withHeaders(ServiceUnavailable, retryAfter)
}

export const HealthChecks = Schema.Record(
  Schema.String,
  Schema.Struct({
    status: Schema.Literals(["ok", "failing"]).pipe(described("Whether this dependency works.")),
    reason: Schema.optionalKey(Schema.String).pipe(described("Why this dependency does not work."))
  })
).annotate({ identifier: "HealthChecks", description: "The dependencies of the service, by name." })
export type HealthChecks = typeof HealthChecks.Type

export class NotReady extends ApiError<NotReady>()("NotReady", {
  status: 503,
  title: "Service not ready",
  detail: "The service is not ready. `checks` lists its dependencies and what is wrong with them.",
  fields: {
    checks: HealthChecks.pipe(
      described("The dependencies of the service, by name.", {
        examples: [{ database: { status: "failing", reason: "does not respond" } }]
      })
    )
  }
}) {
  get headers() {
    return { "retry-after": "1" }
  }
  static readonly response = withHeaders(NotReady, retryAfter)
}
