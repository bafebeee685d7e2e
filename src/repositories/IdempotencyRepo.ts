import { Context, Effect, Layer } from "effect"
import { Database } from "../database/Database.ts"
import { IdempotencyKeyInProgress, IdempotencyKeyReused, type QuotaExceeded } from "../domain/Errors.ts"
import type { UserId } from "../domain/User.ts"
import { AccountQuotas, refuse, usage } from "./AccountQuotas.ts"

/** A response as it was sent. */
export interface StoredResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Row {
  readonly fingerprint: string
  readonly status: number
  readonly headers: string
  readonly body: string
}

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

// Rows that another process is deleting are skipped, so that none waits and none is deleted twice.
const purgeText = `
  delete from idempotency_key where (user_id, key) in (
    select user_id, key from idempotency_key where created_at <= now() - interval '1 day'
    limit 1000 for update skip locked
  )
  returning key
`

/** Responses by the key that a request named, kept for a day: a repeated request gets the response, not the effect, again. */
export class IdempotencyRepo extends Context.Service<
  IdempotencyRepo,
  {
    /**
     * Executes the request and stores its response in the same transaction, or finds the stored response. `fingerprint`
     * tells one request from another: a key that comes with another one is refused.
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

      const perform = Effect.fnUntraced(function* <E, R>(
        owner: UserId,
        key: string,
        fingerprint: string,
        request: Effect.Effect<StoredResponse, E, R>
      ) {
        // The lock ends with the transaction. Two statements, so that the second one sees what its last holder stored.
        const [lock] = yield* Effect.orDie(db.write<{ is_free: boolean; stored_bytes: number }>(owner, lockText, [key]))
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
      })

      const purge = Effect.gen(function* () {
        let purged = 0
        for (let rows = 1; rows > 0; purged += rows) rows = (yield* db.maintenance(purgeText)).length
        return purged
      })

      return IdempotencyRepo.of({
        runOnce: <E, R>(
          owner: UserId,
          key: string,
          fingerprint: string,
          request: Effect.Effect<StoredResponse, E, R>
        ) => db.transaction(owner, perform(owner, key, fingerprint, request)),
        purge
      })
    })
  )
}
