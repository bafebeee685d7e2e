import { createHash } from "node:crypto"
import { Effect, Layer, Schema } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { CurrentUser } from "../api/middleware/Authorization.ts"
import { Idempotency, IdempotencyKey } from "../api/middleware/Idempotency.ts"
import { IdempotencyRepo, type StoredResponse } from "../repositories/IdempotencyRepo.ts"
import { toIdempotencyError } from "./handlers/RepositoryErrors.ts"

const isKey = Schema.is(IdempotencyKey)

/** One request is another when it goes elsewhere, under another condition, or says something else. */
const fingerprintOf = (request: HttpServerRequest.HttpServerRequest, body: string) =>
  createHash("sha256")
    .update(JSON.stringify([request.method, request.url, request.headers["if-match"] ?? "", body]))
    .digest("base64url")

const toGiven = ({ body, headers, status }: HttpServerResponse.HttpServerResponse): StoredResponse => ({
  status,
  headers,
  body: body._tag === "Uint8Array" ? (body.text ?? Buffer.from(body.body).toString()) : ""
})

const toResponse = ({ body, headers, replayed, status }: StoredResponse & { readonly replayed: boolean }) =>
  HttpServerResponse.text(body, {
    status,
    headers: replayed ? { ...headers, "idempotency-replayed": "true" } : headers,
    contentType: headers["content-type"] ?? "application/json"
  })

/** Without a key nothing is done beside the request. A key that is none is judged with the rest of the request. */
export const IdempotencyLayer = Layer.effect(
  Idempotency,
  Effect.gen(function* () {
    const answers = yield* IdempotencyRepo
    return (httpEffect, { endpoint }) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const key = request.headers["idempotency-key"]
        if (key === undefined || !isKey(key)) return yield* httpEffect
        const { id } = yield* CurrentUser
        // What is not asked for is not read: only a declared body has had its size judged.
        const body = endpoint.payload.size === 0 ? "" : yield* Effect.orDie(request.text)
        const fingerprint = fingerprintOf(request, body)
        const answer = answers.runOnce(id, key, fingerprint, Effect.map(httpEffect, toGiven))
        return toResponse(
          yield* answer.pipe(
            Effect.catchTags({
              IdempotencyKeyReused: (error) => Effect.fail(toIdempotencyError(error)),
              IdempotencyKeyInProgress: (error) => Effect.fail(toIdempotencyError(error))
            })
          )
        )
      })
  })
)
