import { Data, DateTime, Schema } from "effect"
import { errors, type JWTVerifyResult } from "jose"
import type { TokenErrorCode } from "../api/errors/CommonErrors.ts"
import { type Caller, User } from "../domain/User.ts"

/**
 * A token that was not accepted. `detail` is sent to the client, also in a quoted string of
 * `WWW-Authenticate`: plain ASCII without quotes, and no part of the token.
 */
export class InvalidToken extends Data.TaggedError("InvalidToken")<{
  readonly code: Exclude<TokenErrorCode, "TOKEN_MISSING">
  readonly detail: string
}> {}

const invalid = (detail: string) => new InvalidToken({ code: "TOKEN_INVALID", detail })

/** The accepted algorithms. With keys of an issuer, each key verifies only the algorithms of its type. */
export const algorithms = { secret: ["HS256"], jwks: ["EdDSA", "Ed25519", "ES256", "ES384", "ES512", "RS256", "PS256"] }

/** Accepted difference between the clocks of the issuer and of this machine, in seconds. */
export const clockTolerance = 30

// jose accepts padding, white space, trailing bytes and non-zero unused bits at the end of a base64url
// part, so that one token has many spellings. Tokens of Better Auth are far below 8 KB, and hashing
// 8 KB costs little when a client sends invalid tokens.
const part = "(?=[\\w-])(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?"
const compact = new RegExp(`^${part}\\.${part}\\.${part}$`)
const maxLength = 8192

const notCompact =
  "The token is not a JWT with three parts. A session token is not accepted: request a JWT from the issuer, with Better Auth at /api/auth/token."

/** Rejects text that is not a compact JWS, before any cryptography. */
export const checkFormat = (token: string): InvalidToken | undefined => {
  if (token.length > maxLength) return invalid("The token is longer than 8 KB.")
  return compact.test(token) ? undefined : invalid(notCompact)
}

// The issuer signs id tokens and Better Auth's session cache with the same key. jose does not check `typ`.
const isAccessToken = (typ: unknown) =>
  typ === undefined ||
  (typeof typ === "string" && ["jwt", "at+jwt"].includes(typ.toLowerCase().replace(/^application\//, "")))

const decodeUser = Schema.decodeUnknownOption(User)
const textOrNull = (claim: unknown) => (typeof claim === "string" ? claim : null)
const year9999 = 253_402_300_799

/** The user named by a verified token. `now` is in seconds. */
export const userFromClaims = ({ payload, protectedHeader }: JWTVerifyResult, now: number): Caller | InvalidToken => {
  if (!isAccessToken(protectedHeader.typ)) return invalid("The token has another type. Send an access token.")
  const { exp, iat } = payload
  // jose accepts any number as a time, also Infinity (1e400), and does not check iat.
  if (exp === undefined || !(exp <= year9999)) return invalid("The token's exp is not a time.")
  if (iat !== undefined && !(iat <= now + clockTolerance)) return invalid("The token's iat is in the future.")
  const user = decodeUser({
    id: payload.sub,
    email: textOrNull(payload.email),
    name: textOrNull(payload.name),
    expires_at: DateTime.formatIso(DateTime.makeUnsafe(exp * 1000))
  })
  if (user._tag === "None") return invalid("The token's sub is not a user id.")
  return iat === undefined ? user.value : { ...user.value, issued_at: iat }
}

/** Deny by default: any error while verifying means an invalid token. */
export const toInvalidToken = (thrown: unknown): InvalidToken => {
  if (thrown instanceof errors.JWTExpired) {
    return new InvalidToken({ code: "TOKEN_EXPIRED", detail: "The token has expired. Request a new one." })
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
  if (thrown instanceof errors.JWKSNoMatchingKey) return invalid("The token's key is not in the issuer's key set.")
  if (thrown instanceof errors.JOSEAlgNotAllowed) return invalid("The token's algorithm is not accepted.")
  return invalid("The token could not be verified.")
}
