import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ChangesPage, ChangesQuery } from "../domain/Change.ts"
import { described, named } from "../domain/Description.ts"
import { Timestamp } from "../domain/Timestamp.ts"
import { SyncResetRequired, TooManyStreams } from "./errors/SyncErrors.ts"
import { AcceptsTicket } from "./middleware/Authorization.ts"
import { operation } from "./openapi/Operation.ts"

export class ChangesApi extends HttpApiGroup.make("changes")
  .add(
    HttpApiEndpoint.get("list", "/api/changes", {
      query: ChangesQuery,
      success: ChangesPage,
      error: SyncResetRequired
    }).annotateMerge(
      operation(
        "listChanges",
        "List the changes since a cursor",
        "The rows that were created, changed, moved to the trash or deleted since the response that the cursor comes from, each in its latest state. No change is missed. Without a cursor: all rows, with the trash. A cursor is valid for its user only, and for 90 days: later the response is 410."
      )
    )
  )
  .annotate(OpenApi.Description, "What changed since a client last asked.") {}

const Events = HttpApiSchema.WithHeaders(HttpApiSchema.StreamUint8Array({ contentType: "text/event-stream" }), {
  "x-accel-buffering": Schema.Literal("no").pipe(described("Makes proxies such as nginx pass events on at once.")),
  "cache-control": Schema.Literal("no-store, no-transform").pipe(
    described("Proxies that compress the stream would keep events back.")
  )
})

export const EventTicket = Schema.Struct({
  ticket: Schema.String.pipe(described("Opens one event stream: `GET /api/events?ticket=…`.")),
  expires_at: Timestamp.pipe(described("When the ticket expires."))
}).pipe(
  named("EventTicket", "Opens one event stream without a token.", {
    ticket: "YWRh.9b2f6c1e-6f0c-4b57-8a0f-0e3a5f0f2f4d",
    expires_at: "2026-11-20T09:30:30.000Z"
  })
)

export class EventsApi extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("stream", "/api/events", {
      query: {
        ticket: Schema.optionalKey(Schema.String).pipe(
          described("A ticket, for clients that cannot send a header. It is used in place of a token.")
        ),
        lastEventId: Schema.optionalKey(Schema.String).pipe(
          described("Has no effect. Replacements of `EventSource` send it when they connect again.")
        )
      },
      success: Events,
      error: TooManyStreams.response
    })
      .annotate(AcceptsTicket, true)
      .annotateMerge(
        operation(
          "streamEvents",
          "Subscribe to change events",
          "A stream of server-sent events. `changes` means that there may be changes up to the cursor in `id`: get them with `GET /api/changes`. The first one comes at once. The server sends a comment every 15 seconds, and `token_expired` as the last event when the token has expired. A user may have 10 open streams."
        )
      ),
    HttpApiEndpoint.post("createTicket", "/api/events/tickets", {
      success: EventTicket.pipe(HttpApiSchema.status(201))
    }).annotateMerge(
      operation(
        "createEventTicket",
        "Get a ticket for the event stream",
        "For `EventSource` in browsers, which cannot send a token. A ticket is valid once, for 30 seconds."
      )
    )
  )
  .annotate(OpenApi.Description, "Live updates.") {}
