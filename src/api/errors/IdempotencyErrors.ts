import { ApiError } from "./ApiError.ts"

export class IdempotencyKeyInProgress extends ApiError<IdempotencyKeyInProgress>()("IdempotencyKeyInProgress", {
  status: 409,
  title: "Idempotency-Key in progress",
  detail:
    "The first request with this Idempotency-Key is still running. Repeat this one in a moment, with the same key."
}) {}

export class IdempotencyKeyReused extends ApiError<IdempotencyKeyReused>()("IdempotencyKeyReused", {
  status: 422,
  title: "Idempotency-Key reused",
  detail: "This Idempotency-Key belongs to another request of the last 24 hours. Use a new key for each request."
}) {}
