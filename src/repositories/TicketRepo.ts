import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Database } from "../database/Database.ts"
import type { UserId } from "../domain/User.ts"
import { deleteExpired, purge } from "./Purge.ts"

/** Seconds for which a ticket admits its bearer. The policy of the table has the same. */
export const ticketLifetime = 30

const createText = "insert into event_ticket (user_id, id, token_expires_at) values ($1, $2, $3)"

const redeemText = `
  delete from event_ticket
  where user_id = $1 and id = $2 and created_at > now() - interval '${ticketLifetime} seconds'
  returning token_expires_at
`

const isExpired = `created_at <= now() - interval '${ticketLifetime} seconds'`

/** Tickets for the event stream. All methods but the last take the owner first, and their statements name it. */
export class TicketRepo extends Context.Service<
  TicketRepo,
  {
    /** A new ticket, in place of a token that expires then. */
    create(owner: UserId, token_expires_at: string): Effect.Effect<string>
    /** Uses up a ticket. Yields when its token expires, or nothing for one that is unknown, used or too old. */
    redeem(owner: UserId, id: string): Effect.Effect<string | undefined>
    /** Deletes expired tickets of all users, and yields how many. */
    readonly purge: Effect.Effect<number>
  }
>()("tasks/repositories/TicketRepo") {
  static readonly layer = Layer.effect(
    TicketRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const random = yield* SecureRandom.SecureRandom
      return TicketRepo.of({
        create: Effect.fnUntraced(function* (owner, token_expires_at) {
          const id = yield* random.uuidV4()
          yield* Effect.orDie(db.write(owner, createText, [id, token_expires_at]))
          return id
        }),
        redeem: (owner, id) =>
          Effect.map(
            Effect.orDie(db.write<{ token_expires_at: string }>(owner, redeemText, [id])),
            ([ticket]) => ticket?.token_expires_at
          ),
        purge: purge(db, `${deleteExpired("event_ticket", "id", isExpired)} returning id`)
      })
    })
  )
}
