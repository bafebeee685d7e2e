import { HttpApiMiddleware } from "effect/http-api"
import { InternalServerError, ServiceUnavailable, ValidationFailed } from "./Problems.ts"

/** Turns what a handler cannot speak of into a problem: a database that is away, a bug. */
export class Faults extends HttpApiMiddleware.Service<Faults>()("tasks/api/Faults", {
  error: [ValidationFailed, ServiceUnavailable.response, InternalServerError]
}) {}
