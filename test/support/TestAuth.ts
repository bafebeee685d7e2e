import { Effect, Layer } from "effect"
import { Auth } from "../../src/auth/Auth.ts"
import { InvalidToken } from "../../src/auth/JwtValidation.ts"
import { User, UserId } from "../../src/domain/User.ts"

export const ada = UserId.make("ada")
export const bob = UserId.make("bob")

/** The token is the user's id. The tokens `expired` and `forged` are rejected. */
export const layer = Layer.succeed(Auth, {
  ready: Effect.void,
  verifyCached: () => undefined,
  verify: (token) => {
    if (token === "expired") return Effect.fail(new InvalidToken({ code: "TOKEN_EXPIRED", detail: "Expired." }))
    if (token === "forged") return Effect.fail(new InvalidToken({ code: "TOKEN_INVALID", detail: "Forged." }))
    return Effect.succeed(
      Object.assign(
        User.make({
          id: UserId.make(token),
          email: `${token}@example.com`,
          name: null,
          expires_at: "2999-01-01T00:00:00.000Z"
        }),
        { issued_at: token === "stale" ? 0 : Math.floor(Date.now() / 1000) }
      )
    )
  }
})
