import { HttpApiError } from "effect/http-api"
import { problemFields } from "./ProblemFields.ts"

export class IdempotencyKeyReused extends HttpApiError.Problem<IdempotencyKeyReused>()(
  "IdempotencyKeyReused",
  { type: "urn:tasks:idempotency-key-reused", status: 422, title: "The Idempotency-Key was used for another request" },
  problemFields("IDEMPOTENCY_KEY_REUSED", "Within a day a key stands for one request. Take a new key for another one.")
) {}

export class IdempotencyKeyInProgress extends HttpApiError.Problem<IdempotencyKeyInProgress>()(
  "IdempotencyKeyInProgress",
  {
    type: "urn:tasks:idempotency-key-in-progress",
    status: 409,
    title: "The request with this Idempotency-Key is under way"
  },
  problemFields("IDEMPOTENCY_KEY_IN_PROGRESS", "Its answer is not there yet. Ask again in a moment, with the same key.")
) {}
