import { HttpApiMiddleware } from "effect/http-api"
import { PayloadTooLarge, UnsupportedMediaType, ValidationFailed } from "./Problems.ts"

/** Judges the type and the size of a body before any of it is decoded. */
export class BodyRules extends HttpApiMiddleware.Service<BodyRules>()("tasks/api/BodyRules", {
  error: [UnsupportedMediaType, PayloadTooLarge, ValidationFailed]
}) {}

/** Tells every fault of a request, in its path, query, headers and body together. */
export class Validation extends HttpApiMiddleware.Service<Validation>()("tasks/api/Validation", {
  error: ValidationFailed
}) {}
