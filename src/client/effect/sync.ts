import { Effect, Queue, Random, Schema, Stream } from "effect"
import type { HttpClientError } from "effect/http"
import type * as Errors from "../../api/errors/CommonErrors.ts"
import type { TooManyStreams } from "../../api/errors/SyncErrors.ts"
import { type Change, ChangesCursor } from "../../domain/Change.ts"
import { EffectClient } from "./EffectClient.ts"

/** Changes to store together with the cursor, in one transaction. */
export interface SyncPage {
  readonly changes: ReadonlyArray<Change>
  readonly cursor: string
  /** Discard all stored rows first. */
  readonly isReset: boolean
}

/** Why a synchronization has ended. It continues after temporary errors. */
export type SyncError =
  | HttpClientError.HttpClientError
  | Schema.SchemaError
  | Errors.InternalServerError
  | Errors.RateLimited
  | Errors.ServiceUnavailable
  | Errors.Unauthorized
  | Errors.ValidationFailed
  | TooManyStreams

const decodeCursor = Schema.decodeEffect(ChangesCursor)

/** Whether the same request may succeed later. The page of a proxy, or a part of a response, does not match a schema. */
const isTemporary = (error: { readonly _tag: string; readonly status?: unknown }) =>
  ["HttpClientError", "SchemaError"].includes(error._tag) ||
  (typeof error.status === "number" && (error.status === 429 || error.status >= 500))

const longestDelay = 30_000

/** A connection may be dead, as after the sleep of a machine, which shows only in that no response arrives. */
const limited = Effect.timeout("15 seconds")

/**
 * Every change of the user's rows, those since the cursor and then each as it happens. It reconnects by itself, and fails
 * only with permanent errors: a token that is not accepted, or a request that the server refuses.
 */
export const sync = (start?: string) =>
  Stream.callback<SyncPage, SyncError, EffectClient>((queue) =>
    Effect.gen(function* () {
      const client = yield* EffectClient
      let cursor = start
      let attempt = 0

      const pull = Effect.gen(function* () {
        for (let hasMore = true; hasMore; ) {
          const query = cursor === undefined ? {} : { cursor: yield* Effect.orDie(decodeCursor(cursor)) }
          const page = yield* limited(client.changes.list({ query }))
          if (page.cursor !== cursor) yield* Queue.offer(queue, { ...page, isReset: cursor === undefined })
          cursor = page.cursor
          hasMore = page.has_more
        }
      }).pipe(
        Effect.catchTag("SyncResetRequired", () => {
          cursor = undefined
          return Effect.void
        })
      )

      // An event stream ends when the token expires and when the server stops.
      const follow = Effect.gen(function* () {
        yield* pull
        const { body } = yield* limited(client.events.stream({ query: {} }))
        yield* body.pipe(
          Stream.decodeText(),
          Stream.splitLines,
          // The server sends a line every 15 seconds. After this time the connection is dead.
          Stream.timeout("40 seconds"),
          Stream.filter((line) => line.startsWith("id: ")),
          Stream.runForEach((line) =>
            Effect.andThen(
              line === `id: ${cursor}` ? Effect.void : pull,
              Effect.sync(() => {
                attempt = 0
              })
            )
          )
        )
      })
      // Clients that lost their streams at the same time must not reconnect at the same time.
      const pause = Effect.flatMap(Random.next, (share) =>
        Effect.sleep(share * Math.min(longestDelay, 1_000 * 2 ** attempt++))
      )
      yield* Effect.forever(
        Effect.andThen(
          follow.pipe(
            Effect.catchTag("TimeoutError", () => Effect.void),
            Effect.catchIf(isTemporary, () => Effect.void)
          ),
          pause
        )
      )
    })
  )
