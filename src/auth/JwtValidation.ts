import { Data, DateTime, Schema } from "effect"
import { errors, type JWTVerifyResult } from "jose"
import type { TokenErrorCode } from "../api/errors/CommonErrors.ts"
import { User } from "../domain/User.ts"

/**
 * A token that identifies nobody. `detail` is told to the caller and stands in a quoted string of
 * `WWW-Authenticate`, so it is plain ASCII, says what to do, and repeats nothing of the token.
 */
export class InvalidToken extends Data.TaggedError("InvalidToken")<{
  readonly code: Exclude<TokenErrorCode, "TOKEN_MISSING">
  readonly detail: string
}> {}

const invalid = (detail: string) => new InvalidToken({ code: "TOKEN_INVALID", detail })

/** What a token may be signed by: with a shared secret, and with a key of the issuer's, each key by those of its own type. */
export const algorithms = { secret: ["HS256"], jwks: ["EdDSA", "ES256", "ES512", "RS256", "PS256"] }

/** How far the clocks of the issuer and of this machine may be apart, in seconds. */
export const clockTolerance = 30

// jose forgives padding, white space, trailing bytes and any letter for the bits that base64 has to
// spare at the end of a part; then one token has many spellings. 8 KB is far above any token Better
// Auth makes and far below what is worth hashing for a stranger.
const part = "(?=[\\w-])(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?"
const compact = new RegExp(`^${part}\\.${part}\\.${part}$`)
const maxLength = 8192

/** Why this text cannot even be a signed token, if so: judged before any cryptography. */
export const checkFormat = (token: string): InvalidToken | undefined =>
  token.length > maxLength
    ? invalid("The token is longer than 8 KB.")
    : compact.test(token)
      ? undefined
      : invalid(
          "This is no JWT of three parts, perhaps a session token: get a JWT from the issuer, at /api/auth/token, and send that."
        )

// A token that says it is something else (an id token, a session cache) is not for us, whoever signed it.
// jose says that it is text and does not look.
const isAccessToken = (typ: unknown) =>
  typ === undefined ||
  (typeof typ === "string" && ["jwt", "at+jwt"].includes(typ.toLowerCase().replace(/^application\//, "")))

const decodeUser = Schema.decodeUnknownOption(User)
const textOrNull = (claim: unknown) => (typeof claim === "string" ? claim : null)
const year9999 = 253_402_300_799

/** The user that a verified token names. `now` is in seconds. */
export const userFromClaims = ({ payload, protectedHeader }: JWTVerifyResult, now: number): User | InvalidToken => {
  if (!isAccessToken(protectedHeader.typ)) return invalid("This token is of another type: send an access token.")
  const { exp, iat } = payload
  // jose takes any number for a time, also Infinity (1e400), and does not look at iat.
  if (exp === undefined || !(exp <= year9999)) return invalid("The token's exp is not a time.")
  if (iat !== undefined && !(iat <= now + clockTolerance)) return invalid("The token's iat is in the future.")
  const user = decodeUser({
    id: payload.sub,
    email: textOrNull(payload.email),
    name: textOrNull(payload.name),
    expires_at: DateTime.formatIso(DateTime.makeUnsafe(exp * 1000))
  })
  return user._tag === "Some" ? user.value : invalid("The token's sub is not a user id.")
}

/** Deny by default: whatever is thrown while verifying is a token that was not verified. */
export const toInvalidToken = (thrown: unknown): InvalidToken => {
  if (thrown instanceof errors.JWTExpired) {
    return new InvalidToken({ code: "TOKEN_EXPIRED", detail: "The token has expired: get a new one." })
  }
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    switch (thrown.claim) {
      case "nbf":
        return invalid("The token is not valid yet.")
      case "aud":
        return invalid("The token is for another audience.")
      case "iss":
        return invalid("The token is from another issuer.")
      case "exp":
      case "sub":
        return invalid(`The token has no valid ${thrown.claim}.`)
    }
  }
  if (thrown instanceof errors.JWKSNoMatchingKey)
    return invalid("The token names a key that the issuer does not publish.")
  if (thrown instanceof errors.JOSEAlgNotAllowed) return invalid("The token is signed with another algorithm.")
  return invalid("The token could not be verified.")
}
