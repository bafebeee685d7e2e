import { HttpApiMiddleware } from "effect/http-api"
import { InternalServerError, ServiceUnavailable, ValidationFailed } from "../errors/CommonErrors.ts"

/** What every endpoint can fail with: an invalid request, an unavailable database, a bug. */
export class ErrorHandler extends HttpApiMiddleware.Service<ErrorHandler>()("tasks/api/ErrorHandler", {
  error: [ValidationFailed, ServiceUnavailable.response, InternalServerError]
}) {}
