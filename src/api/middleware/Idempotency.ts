import { Schema } from "effect"
import { HttpApiMiddleware } from "effect/http-api"
import { IdempotencyKeyInProgress, IdempotencyKeyReused } from "../errors/IdempotencyErrors.ts"
import type { CurrentUser } from "./Authorization.ts"

/** A name that a client gives a request, so that it can be sent again without being done again. */
export const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]{1,255}$/, { code: "format", message: "Must be 1 to 255 visible ASCII characters" })
)

export const idempotencyKey = { "idempotency-key": Schema.optionalKey(IdempotencyKey) }

/** Does a request that names a key once, and answers it as often as it is sent within a day. */
export class Idempotency extends HttpApiMiddleware.Service<Idempotency, { requires: CurrentUser }>()(
  "tasks/api/Idempotency",
  { error: [IdempotencyKeyReused, IdempotencyKeyInProgress] }
) {}
