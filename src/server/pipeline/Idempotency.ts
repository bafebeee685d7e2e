import { createHash } from "node:crypto"
import { Effect, Exit, Schema } from "effect"
import * as ApiErrors from "../../api/errors/IdempotencyErrors.ts"
import { Idempotency, IdempotencyKey } from "../../api/middleware/Idempotency.ts"
import { IdempotencyKeyInProgress, IdempotencyKeyReused, QuotaExceeded } from "../../domain/Errors.ts"
import { IdempotencyRepo, type StoredResponse } from "../../repositories/IdempotencyRepo.ts"
import type { EncodedResponse } from "../compiler/ResponseEncoder.ts"
import { quotaExceeded } from "../handlers/RepositoryErrors.ts"
import { stringify } from "./ErrorResponses.ts"
import type { RequestContext } from "./RequestContext.ts"

const isKey = Schema.is(IdempotencyKey)

/** A request is the same only at the same path, under the same condition, with the same body. */
const fingerprint = ({ body, method, request, url }: RequestContext) =>
  createHash("sha256")
    .update(JSON.stringify([method, url, request.headers["if-match"] ?? "", body?.text ?? ""]))
    .digest("base64url")

const contentTypeHeader = "content-type"

const toStored = ({ body, headers, status }: EncodedResponse, requestId: string): StoredResponse => {
  switch (body._tag) {
    case "Json":
      return {
        status,
        headers: { ...headers, [contentTypeHeader]: body.contentType },
        body: stringify(body.contentType, body.value, requestId)
      }
    case "Text":
      return { status, headers: { ...headers, [contentTypeHeader]: body.contentType }, body: body.text }
    case "Empty":
      return { status, headers, body: "" }
    default:
      throw new Error(`a response of type ${body._tag} cannot be stored for an Idempotency-Key`)
  }
}

const toResponse = ({ body, headers, replayed, status }: StoredResponse & { readonly replayed: boolean }) => {
  const { [contentTypeHeader]: contentType, ...others } = headers
  return Exit.succeed<EncodedResponse>({
    status,
    headers: replayed ? { ...others, "idempotency-replayed": "true" } : others,
    body: contentType === undefined ? { _tag: "Empty" } : { _tag: "Text", contentType, text: body }
  })
}

const toApiError = (error: unknown) => {
  if (error instanceof QuotaExceeded) return quotaExceeded(error)
  if (error instanceof IdempotencyKeyReused) return new ApiErrors.IdempotencyKeyReused({})
  return error instanceof IdempotencyKeyInProgress ? new ApiErrors.IdempotencyKeyInProgress({}) : error
}

/** Runs a request with an `Idempotency-Key` once, and answers repetitions within a day with the stored response. */
export const idempotency = Effect.map(
  IdempotencyRepo,
  (repo) => (request: RequestContext, response: Effect.Effect<EncodedResponse, unknown>) => {
    const { endpoint, user } = request
    const key = request.request.headers["idempotency-key"]
    if (endpoint?.middlewares.has(Idempotency) !== true || user === undefined || !isKey(key)) return response
    const stored = Effect.map(response, (encoded) => toStored(encoded, request.id))
    const once = repo.runOnce(user.id, key, fingerprint(request), stored)
    return Effect.flatMap(Effect.mapError(once, toApiError), toResponse)
  }
)
