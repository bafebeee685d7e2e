import { Clock, Effect, type Stream } from "effect"
import { HttpApiSchema } from "effect/http-api"
import type { Groups } from "../../api/Api.ts"
import { ServiceUnavailable } from "../../api/errors/CommonErrors.ts"
import { TooManyStreams } from "../../api/errors/SyncErrors.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { encodeCursor } from "../../domain/Change.ts"
import type { UserId } from "../../domain/User.ts"
import { ChangeHub, type FeedEvent } from "../../events/ChangeHub.ts"
import { TicketRepo, ticketLifetime } from "../../repositories/TicketRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import type { SubscribeEvents } from "../compiler/ResponseEncoder.ts"
import { encodeTicket } from "../pipeline/Authentication.ts"

const utf8 = new TextEncoder()
const heartbeat = utf8.encode(":\n\n")
// Browsers ignore an event without data. An empty line of data is enough.
const tokenExpired = utf8.encode("event: token_expired\ndata:\n\n")

const encode = (user: UserId, event: FeedEvent) => {
  switch (event._tag) {
    case "Changes":
      return utf8.encode(`event: changes\nid: ${encodeCursor(user, event.position)}\ndata:\n\n`)
    case "Heartbeat":
      return heartbeat
    case "TokenExpired":
      return tokenExpired
  }
}

// Clients that lost their streams at the same time must not reconnect at the same time.
const retry = () => utf8.encode(`retry: ${1000 + Math.floor(Math.random() * 2000)}\n\n`)

const processFull = new ServiceUnavailable({ detail: "The server cannot open more event streams. Try again." })

export const eventsHandlers = Effect.gen(function* () {
  const [hub, tickets] = [yield* ChangeHub, yield* TicketRepo]
  const handlers: GroupHandlers<Groups["events"]> = {
    stream: Effect.fnUntraced(function* () {
      const user = yield* CurrentUser
      const subscribe = yield* Effect.mapError(hub.open(user), ({ reason }) =>
        reason === "user" ? new TooManyStreams({}) : processFull
      )
      const body: SubscribeEvents = (sink) => {
        sink.write(retry(), false)
        return subscribe({
          send: (event) => sink.write(encode(user.id, event), event._tag === "Heartbeat"),
          end: () => sink.end()
        })
      }
      return HttpApiSchema.withHeaders({
        // The contract can only declare a stream of bytes.
        body: body as unknown as Stream.Stream<Uint8Array>,
        headers: { "x-accel-buffering": "no" as const, "cache-control": "no-store, no-transform" as const }
      })
    }),

    createTicket: Effect.fnUntraced(function* () {
      const { expires_at, id } = yield* CurrentUser
      const ticket = encodeTicket(id, yield* tickets.create(id, expires_at))
      const until = (yield* Clock.currentTimeMillis) + ticketLifetime * 1000
      return { ticket, expires_at: new Date(until).toISOString() }
    })
  }
  return handlers
})
