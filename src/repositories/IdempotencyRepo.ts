import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { IdempotencyKeyInProgress, IdempotencyKeyReused } from "../api/errors/IdempotencyErrors.ts"
import type { UserId } from "../domain/User.ts"
import { onHeavyPool, runQuery } from "./QueryRunner.ts"
import { runAsUser, runMaintenance, userTransaction } from "./RowLevelSecurity.ts"

/** An answer as it was given. */
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

/** Answers by the key that a request named, kept for a day: who repeats a request gets the answer, not the effect, again. */
export class IdempotencyRepo extends Context.Service<
  IdempotencyRepo,
  {
    /**
     * Does what is asked for, and keeps its answer in the same transaction; or finds the answer that was
     * kept. `fingerprint` tells one request from another: a key that comes with another is refused.
     */
    once<E, R>(
      owner: UserId,
      key: string,
      fingerprint: string,
      request: Effect.Effect<StoredResponse, E, R>
    ): Effect.Effect<
      StoredResponse & { readonly replayed: boolean },
      E | IdempotencyKeyReused | IdempotencyKeyInProgress,
      R
    >
    /** Forgets what is older than a day, and tells how many answers. */
    readonly purge: Effect.Effect<number>
  }
>()("tasks/repositories/IdempotencyRepo") {
  static readonly layer = Layer.effect(
    IdempotencyRepo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const perform = Effect.fnUntraced(function* <E, R>(
        owner: UserId,
        key: string,
        fingerprint: string,
        request: Effect.Effect<StoredResponse, E, R>
      ) {
        // The lock ends with the transaction. Two statements, so that what the last holder kept is seen.
        const [lock] = yield* runAsUser(owner)(
          sql<{ free: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${`${owner} ${key}`}, 1)) as free`
        )
        if (!lock?.free) return yield* new IdempotencyKeyInProgress({})
        const [kept] = yield* runAsUser(owner)(sql<Row>`
          select fingerprint, status, headers, body from idempotency_key
          where user_id = ${owner} and key = ${key} and created_at > now() - interval '1 day'
        `)
        if (kept !== undefined) {
          if (kept.fingerprint !== fingerprint) return yield* new IdempotencyKeyReused({})
          return { status: kept.status, headers: JSON.parse(kept.headers), body: kept.body, replayed: true }
        }
        const given = yield* request
        yield* runAsUser(owner)(sql`
          insert into idempotency_key (user_id, key, fingerprint, status, headers, body)
          values (${owner}, ${key}, ${fingerprint}, ${given.status}, ${JSON.stringify(given.headers)}, ${given.body})
          on conflict (user_id, key) do update set
            fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
            body = excluded.body, created_at = excluded.created_at
        `)
        return { ...given, replayed: false }
      })

      const purge = Effect.map(
        runMaintenance(sql`delete from idempotency_key where created_at <= now() - interval '1 day' returning key`),
        (rows) => rows.length
      ).pipe(onHeavyPool)

      return IdempotencyRepo.of({
        once: (owner, key, fingerprint, request) =>
          runQuery(userTransaction(sql, owner)(perform(owner, key, fingerprint, request))),
        purge
      })
    })
  )
}
