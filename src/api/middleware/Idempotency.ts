import { Schema } from "effect"
import { HttpApiMiddleware } from "effect/http-api"
import { described } from "../../domain/Description.ts"
import { QuotaExceeded } from "../errors/CommonErrors.ts"
import { IdempotencyKeyInProgress, IdempotencyKeyReused } from "../errors/IdempotencyErrors.ts"
import type { CurrentUser } from "./Authorization.ts"

export const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]{1,255}$/, { code: "format", message: "Must be 1 to 255 visible ASCII characters" })
)

export const idempotencyKey = {
  "idempotency-key": Schema.optionalKey(IdempotencyKey).pipe(
    described("Identifies this request for 24 hours: a repetition gets the stored response and has no second effect.", {
      examples: ["019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"]
    })
  )
}

/** Runs a request with a key once, and sends the stored response to its repetitions for 24 hours. */
export class Idempotency extends HttpApiMiddleware.Service<Idempotency, { requires: CurrentUser }>()(
  "tasks/api/Idempotency",
  { error: [IdempotencyKeyReused, IdempotencyKeyInProgress, QuotaExceeded] }
) {}
