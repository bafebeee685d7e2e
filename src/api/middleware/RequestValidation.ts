import { HttpApiMiddleware } from "effect/http-api"
import { PayloadTooLarge, UnsupportedMediaType, ValidationFailed } from "../errors/CommonErrors.ts"

/** Judges the type and the size of a body before any of it is decoded. */
export class BodyLimits extends HttpApiMiddleware.Service<BodyLimits>()("tasks/api/BodyLimits", {
  error: [UnsupportedMediaType, PayloadTooLarge, ValidationFailed]
}) {}

/** Tells every fault of a request, in its path, query, headers and body together. */
export class RequestValidation extends HttpApiMiddleware.Service<RequestValidation>()("tasks/api/RequestValidation", {
  error: ValidationFailed
}) {}
