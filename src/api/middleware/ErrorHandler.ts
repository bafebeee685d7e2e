import { HttpApiMiddleware } from "effect/http-api"
import { InternalServerError, ServiceUnavailable, ValidationFailed } from "../errors/CommonErrors.ts"

/** Turns defects into error responses: an unavailable database, a bug. */
export class ErrorHandler extends HttpApiMiddleware.Service<ErrorHandler>()("tasks/api/ErrorHandler", {
  error: [ValidationFailed, ServiceUnavailable.response, InternalServerError]
}) {}
