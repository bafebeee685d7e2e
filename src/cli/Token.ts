import { Clock, Console, Effect, Option, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { SignJWT } from "jose"
import * as Config from "../config/Config.ts"
import * as AppLayers from "./AppLayers.ts"
import { CommandFailed } from "./ErrorReporting.ts"
import { subjectFlag, wholeNumberFlag } from "./Flags.ts"

const flags = {
  sub: subjectFlag,
  email: Flag.String("email").pipe(Flag.withDescription("The user's e-mail address"), Flag.optional),
  name: Flag.String("name").pipe(Flag.withDescription("The user's name"), Flag.optional),
  hours: wholeNumberFlag("hours", 1, 8760).pipe(
    Flag.withDescription("Validity in hours, at most 8760"),
    Flag.withDefault(24)
  )
}

/** Signs with the service's own secret, for development and for clients without an issuer. */
export const token = Command.make(
  "token",
  flags,
  Effect.fnUntraced(function* ({ email, hours, name, sub }) {
    const config = yield* Config.load()
    const issuer = AppLayers.issuer(config)
    if (issuer !== undefined)
      return yield* new CommandFailed({
        message: `cannot create a token: BETTER_AUTH_URL or JWKS_URL is set, so tokens come from the issuer ${issuer.issuer}`
      })
    const secret = yield* AppLayers.secret(config)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    // JSON leaves out what is undefined.
    const claims: Record<string, unknown> = {
      sub,
      iat: now,
      exp: now + hours * 3600,
      email: Option.getOrUndefined(email),
      name: Option.getOrUndefined(name),
      iss: config.JWT_ISSUER,
      aud: config.JWT_AUDIENCE
    }
    const key = new TextEncoder().encode(Redacted.value(secret))
    const signed = yield* Effect.promise(() => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key))
    yield* Console.log(signed)
  })
).pipe(Command.withDescription("Print a token for a user"))
