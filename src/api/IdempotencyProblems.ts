import { HttpApiError } from "effect/http-api"
import { members } from "./Problem.ts"

export class IdempotencyKeyReused extends HttpApiError.Problem<IdempotencyKeyReused>()(
  "IdempotencyKeyReused",
  { type: "urn:tasks:idempotency-key-reused", status: 422, title: "The Idempotency-Key was used for another request" },
  members("IDEMPOTENCY_KEY_REUSED", "Within a day a key stands for one request. Take a new key for another one.")
) {}

export class IdempotencyKeyBusy extends HttpApiError.Problem<IdempotencyKeyBusy>()(
  "IdempotencyKeyBusy",
  { type: "urn:tasks:idempotency-key-busy", status: 409, title: "The request with this Idempotency-Key is under way" },
  members("IDEMPOTENCY_KEY_BUSY", "Its answer is not there yet. Ask again in a moment, with the same key.")
) {}
