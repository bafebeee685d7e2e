import { Context, Effect, Layer } from "effect"
import { Database } from "../database/Database.ts"
import { IdempotencyKeyInProgress, IdempotencyKeyReused, type QuotaExceeded } from "../domain/Errors.ts"
import type { UserId } from "../domain/User.ts"
import { AccountQuotas, refuse, usage } from "./AccountQuotas.ts"
import { deleteExpired, purge } from "./Purge.ts"

/** A response as it was sent. */
export interface StoredResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Lock {
  readonly is_free: boolean
  readonly stored_bytes: number
}

type Row = Omit<StoredResponse, "headers"> & { readonly fingerprint: string; readonly headers: string }

const lockText = `
  select pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 1)) as is_free,
    ${usage("stored_response")}::float8 as stored_bytes
`

const findText = `
  select fingerprint, status, headers, body from idempotency_key
  where user_id = $1 and key = $2 and created_at > now() - interval '1 day'
`

const storeText = `
  insert into idempotency_key (user_id, key, fingerprint, status, headers, body)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (user_id, key) do update set
    fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
    body = excluded.body, created_at = excluded.created_at
`

const isExpired = "created_at <= now() - interval '1 day'"

/** Responses by idempotency key, stored for a day: a repeated request gets the response and has no second effect. */
export class IdempotencyRepo extends Context.Service<
  IdempotencyRepo,
  {
    /**
     * Executes the request and stores its response in the same transaction, or finds the stored response. `fingerprint`
     * identifies the request: a key that was used with another fingerprint is refused.
     */
    runOnce<E, R>(
      owner: UserId,
      key: string,
      fingerprint: string,
      request: Effect.Effect<StoredResponse, E, R>
    ): Effect.Effect<
      StoredResponse & { readonly replayed: boolean },
      E | IdempotencyKeyReused | IdempotencyKeyInProgress | QuotaExceeded,
      R
    >
    /** Deletes expired responses of all users, and yields how many. */
    readonly purge: Effect.Effect<number>
  }
>()("tasks/repositories/IdempotencyRepo") {
  static readonly layer = Layer.effect(
    IdempotencyRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const { stored_response: quota } = yield* AccountQuotas

      return IdempotencyRepo.of({
        runOnce: (owner, key, fingerprint, request) =>
          Effect.gen(function* () {
            // The lock ends with the transaction. Two statements, so that the second one sees what its last holder stored.
            const [lock] = yield* Effect.orDie(db.write<Lock>(owner, lockText, [key]))
            if (!lock?.is_free) return yield* new IdempotencyKeyInProgress()
            const [stored] = yield* db.query<Row>(owner, findText, [key])
            if (stored !== undefined) {
              if (stored.fingerprint !== fingerprint) return yield* new IdempotencyKeyReused()
              return { status: stored.status, headers: JSON.parse(stored.headers), body: stored.body, replayed: true }
            }
            if (lock.stored_bytes >= quota) return yield* refuse("stored_response", quota)
            const response = yield* request
            const { body, headers, status } = response
            yield* Effect.orDie(db.write(owner, storeText, [key, fingerprint, status, JSON.stringify(headers), body]))
            return { ...response, replayed: false }
          }).pipe((work) => db.transaction(owner, work)),
        purge: purge(db, `${deleteExpired("idempotency_key", "key", isExpired)} returning key`)
      })
    })
  )
}
