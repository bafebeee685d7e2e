import { HttpApiMiddleware } from "effect/http-api"
import { PayloadTooLarge, UnsupportedMediaType, ValidationFailed } from "../errors/CommonErrors.ts"

/** Checks the media type and the size of a body before it is decoded. */
export class BodyLimits extends HttpApiMiddleware.Service<BodyLimits>()("tasks/api/BodyLimits", {
  error: [UnsupportedMediaType.response, PayloadTooLarge, ValidationFailed]
}) {}

/** Reports every error in the path, query, headers and body of a request together. */
export class RequestValidation extends HttpApiMiddleware.Service<RequestValidation>()("tasks/api/RequestValidation", {
  error: ValidationFailed
}) {}
