import { Schema } from "effect"
import { described, named } from "./Description.ts"
import { Timestamp } from "./Timestamp.ts"

// Control, format, ignorable and unassigned characters and line breaks are invisible or look like something else: two subjects
// that read the same must not be two users, and PostgreSQL must not turn one subject into another.
const isPlain = Schema.makeFilter<string>(
  (id) =>
    id.isWellFormed() &&
    id === id.trim() &&
    !/[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u.test(id),
  { expected: "a user id without invisible characters, line breaks and blanks around it" }
)

/** The `sub` of the token: opaque text. */
export const UserId = Schema.String.check(Schema.isBetweenCodePoints(1, 255), isPlain).pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

export const User = Schema.Struct({
  id: UserId.pipe(described("The `sub` claim of the token.")),
  email: Schema.NullOr(Schema.String).pipe(described("The `email` claim of the token, if it has one.")),
  name: Schema.NullOr(Schema.String).pipe(described("The `name` claim of the token, if it has one.")),
  expires_at: Timestamp.pipe(described("When the token expires."))
}).pipe(
  named("User", "The caller, from the token alone.", {
    id: "ada",
    email: "ada@example.com",
    name: "Ada",
    expires_at: "2026-11-20T09:45:00.000Z"
  })
)
export type User = typeof User.Type

/** The caller, and when the token was issued, in seconds since 1970, where the token says so. */
export type Caller = User & { readonly issued_at?: number }
