import { HttpApiMiddleware } from "effect/http-api"
import { PayloadTooLarge, UnsupportedMediaType } from "../errors/CommonErrors.ts"

/** Checks the media type and the size of a body before it is decoded. */
export class BodyLimits extends HttpApiMiddleware.Service<BodyLimits>()("tasks/api/BodyLimits", {
  error: [UnsupportedMediaType.response, PayloadTooLarge]
}) {}
