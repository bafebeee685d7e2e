import { HttpApiMiddleware } from "effect/http-api"
import { InternalServerError, ServiceUnavailable, ValidationFailed } from "../errors/CommonErrors.ts"

/** Turns what a handler cannot speak of into a problem: a database that is away, a bug. */
export class ErrorHandler extends HttpApiMiddleware.Service<ErrorHandler>()("tasks/api/ErrorHandler", {
  error: [ValidationFailed, ServiceUnavailable.response, InternalServerError]
}) {}
