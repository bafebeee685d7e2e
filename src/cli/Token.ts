import { Clock, Console, Effect, Option, Redacted, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { SignJWT } from "jose"
import * as Config from "../config/Config.ts"
import { UserId } from "../domain/User.ts"
import * as AppLayers from "./AppLayers.ts"
import { CommandFailed } from "./ErrorReporting.ts"

const flags = {
  sub: Flag.String("sub").pipe(Flag.withSchema(UserId), Flag.withDescription("User id: the sub claim of the token")),
  email: Flag.String("email").pipe(Flag.withDescription("The user's e-mail address"), Flag.optional),
  name: Flag.String("name").pipe(Flag.withDescription("The user's name"), Flag.optional),
  hours: Flag.Int("hours").pipe(
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8760 }))),
    Flag.withDescription("Validity in hours, at most 8760"),
    Flag.withDefault(24)
  )
}

/** Signs with the service's own secret, for development and for clients without an issuer. */
export const token = Command.make(
  "token",
  flags,
  Effect.fnUntraced(function* ({ email, hours, name, sub }) {
    const config = yield* Config.load
    const issuer = AppLayers.issuer(config)
    if (issuer !== undefined)
      return yield* new CommandFailed({
        message: `cannot create a token: BETTER_AUTH_URL or JWKS_URL is set, so tokens come from the issuer ${issuer.issuer}`
      })
    const secret = yield* AppLayers.secret(config)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const claims = {
      sub,
      iat: now,
      exp: now + hours * 3600,
      ...Option.match(email, { onNone: () => ({}), onSome: (email) => ({ email }) }),
      ...Option.match(name, { onNone: () => ({}), onSome: (name) => ({ name }) }),
      ...(config.JWT_ISSUER !== undefined && { iss: config.JWT_ISSUER }),
      ...(config.JWT_AUDIENCE !== undefined && { aud: config.JWT_AUDIENCE })
    }
    const key = new TextEncoder().encode(Redacted.value(secret))
    const signed = yield* Effect.promise(() => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key))
    yield* Console.log(signed)
  })
).pipe(Command.withDescription("Print a token for a user"))
