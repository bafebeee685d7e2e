import { Clock, Context, Effect, Exit, Schema } from "effect"
import { ServiceUnavailable, Unauthorized } from "../../api/errors/CommonErrors.ts"
import { AcceptsTicket, Authorization } from "../../api/middleware/Authorization.ts"
import { Auth } from "../../auth/Auth.ts"
import { UserId } from "../../domain/User.ts"
import { TicketRepo } from "../../repositories/TicketRepo.ts"
import type { RequestContext, StepResult } from "./RequestContext.ts"

const tokenMissing = Exit.fail(
  new Unauthorized({
    code: "TOKEN_MISSING",
    detail: "Send an access token in the header Authorization: Bearer <token>."
  })
)

const keysUnavailable = new ServiceUnavailable({
  detail: "The issuer's signing keys are unavailable, so the token cannot be checked. Nothing was changed."
})

// RFC 6750, section 2.1, and RFC 9110, section 11.1: the scheme is case-insensitive.
const bearer = /^bearer +([^ ].*)$/i
const tokenOf = (authorization = "") =>
  authorization.startsWith("Bearer ") && authorization[7] !== " "
    ? authorization.slice(7)
    : (bearer.exec(authorization)?.[1] ?? "")

/** A ticket as clients carry it: the user, and what only the ticket of that user is called. */
export const encodeTicket = (user: UserId, id: string) => `${Buffer.from(user).toString("base64url")}.${id}`

const ticketFormat = /^([\w-]{1,1400})\.([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/

const ticketInvalid = new Unauthorized({
  code: "TOKEN_INVALID",
  detail: "The ticket is unknown, was used, or is older than 30 seconds. Get a new one with POST /api/events/tickets."
})

const decodeTicket = (ticket: string) => {
  const [, encoded, id] = ticketFormat.exec(ticket) ?? []
  const user = Buffer.from(encoded ?? "", "base64url").toString()
  return id === undefined || !Schema.is(UserId)(user) ? undefined : { user, id }
}

const ticketOf = ({ endpoint, request, search }: RequestContext) =>
  endpoint !== undefined &&
  request.headers.authorization === undefined &&
  Context.get(endpoint.annotations, AcceptsTicket)
    ? new URLSearchParams(search).get("ticket")
    : null

/**
 * Finds the user of the bearer token, or of the ticket where the endpoint accepts one (401). A token that was verified
 * before is found without waiting.
 */
export const authentication = Effect.gen(function* () {
  const [auth, tickets] = [yield* Auth, yield* TicketRepo]

  const redeem = Effect.fnUntraced(function* (request: RequestContext, text: string) {
    const ticket = decodeTicket(text)
    const expires_at = ticket && (yield* tickets.redeem(ticket.user, ticket.id))
    if (ticket === undefined || expires_at === undefined) return yield* ticketInvalid
    request.user = { id: ticket.user, email: null, name: null, expires_at }
  })

  const clock = yield* Clock.Clock
  return (request: RequestContext): StepResult => {
    if (request.endpoint?.middlewares.has(Authorization) !== true) return Exit.void
    const ticket = ticketOf(request)
    if (ticket !== null) return redeem(request, ticket)
    const token = tokenOf(request.request.headers.authorization)
    if (token === "") return tokenMissing
    request.user = auth.verifyCached(token, clock.currentTimeMillisUnsafe())
    if (request.user !== undefined) return Exit.void
    return auth.verify(token).pipe(
      Effect.catchTags({
        InvalidToken: ({ code, detail }) => Effect.fail(new Unauthorized({ code, detail })),
        JwksUnavailable: () => Effect.fail(keysUnavailable)
      }),
      Effect.flatMap((user) => {
        request.user = user
        return Exit.void
      })
    )
  }
})
