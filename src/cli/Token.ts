import { Clock, Console, Data, Effect, Option, Redacted, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { SignJWT } from "jose"
import * as Config from "../config/Config.ts"
import { UserId } from "../domain/User.ts"
import * as AppLayers from "./AppLayers.ts"

const flags = {
  sub: Flag.String("sub").pipe(Flag.withSchema(UserId), Flag.withDescription("Whose token: the user id")),
  email: Flag.String("email").pipe(Flag.withDescription("The user's e-mail address"), Flag.optional),
  name: Flag.String("name").pipe(Flag.withDescription("The user's name"), Flag.optional),
  hours: Flag.Int("hours").pipe(
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8760 }))),
    Flag.withDescription("How long it is valid, at most a year"),
    Flag.withDefault(24)
  )
}

/** With an issuer's keys configured, what we sign opens nothing. */
export class ExternalIssuer extends Data.TaggedError("ExternalIssuer")<{ readonly message: string }> {}

/** A token signed with the service's own secret: for development, and for callers that have no issuer. */
export const token = Command.make(
  "token",
  flags,
  Effect.fnUntraced(function* ({ email, hours, name, sub }) {
    const settings = yield* Config.ofProcess
    const issuer = AppLayers.issuer(settings)
    if (issuer !== undefined)
      return yield* new ExternalIssuer({ message: `tokens come from the issuer ${issuer.issuer}` })
    const secret = yield* AppLayers.secret(settings)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const claims = {
      sub,
      iat: now,
      exp: now + hours * 3600,
      ...Option.match(email, { onNone: () => ({}), onSome: (email) => ({ email }) }),
      ...Option.match(name, { onNone: () => ({}), onSome: (name) => ({ name }) }),
      ...(settings.JWT_ISSUER !== undefined && { iss: settings.JWT_ISSUER }),
      ...(settings.JWT_AUDIENCE !== undefined && { aud: settings.JWT_AUDIENCE })
    }
    const key = new TextEncoder().encode(Redacted.value(secret))
    const signed = yield* Effect.promise(() => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key))
    yield* Console.log(signed)
  })
).pipe(Command.withDescription("Print a token for a user"))
