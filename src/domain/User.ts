import { Schema } from "effect"
import { Timestamp } from "./Timestamp.ts"

// Control, format and unassigned characters and line breaks look like nothing or like something
// else: two subjects that read the same must not be two users, nor one that PostgreSQL would alter
// become another's.
const isPlain = Schema.makeFilter<string>(
  (id) => id.isWellFormed() && id === id.trim() && !/[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/u.test(id),
  { expected: "a user id without control or format characters, line breaks and blanks around it" }
)

/** Whoever the issuer says the caller is: opaque text, the `sub` of the token. */
export const UserId = Schema.String.check(Schema.isBetweenCodePoints(1, 255), isPlain).pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

/** What is known of a caller, all of it from the token. */
export const User = Schema.Struct({
  id: UserId,
  email: Schema.NullOr(Schema.String),
  name: Schema.NullOr(Schema.String),
  /** When the token ends, and with it this knowledge. */
  expires_at: Timestamp
}).annotate({ identifier: "User" })
export type User = typeof User.Type
