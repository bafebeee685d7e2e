import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { jwtVerify } from "jose"
import type { User } from "../domain/User.ts"
import { clockTolerance, faultOf, InvalidToken, shapeFault, userOf } from "./Token.ts"

/** Who a bearer token says the caller is. Nothing else in the service knows what a token looks like. */
export class Auth extends Context.Service<
  Auth,
  {
    verify(token: string): Effect.Effect<User, InvalidToken>
  }
>()("tasks/service/Auth") {
  /** Tokens signed with a shared secret, by exactly HS256. */
  static readonly layerSecret = (options: {
    readonly secret: Redacted.Redacted
    readonly issuer?: string | undefined
    readonly audience?: string | undefined
  }) =>
    Layer.effect(
      Auth,
      Effect.gen(function* () {
        const key = yield* Effect.promise(() =>
          crypto.subtle.importKey(
            "raw",
            new TextEncoder().encode(Redacted.value(options.secret)),
            { name: "HMAC", hash: "SHA-256" },
            false,
            ["verify"]
          )
        )
        const verify = Effect.fnUntraced(function* (token: string): Effect.fn.Return<User, InvalidToken> {
          const fault = shapeFault(token)
          if (fault !== undefined) return yield* fault
          const now = yield* Clock.currentTimeMillis
          const verified = yield* Effect.tryPromise({
            try: () =>
              jwtVerify(token, key, {
                algorithms: ["HS256"],
                requiredClaims: ["sub", "exp"],
                clockTolerance,
                currentDate: new Date(now),
                ...(options.issuer !== undefined && { issuer: options.issuer }),
                ...(options.audience !== undefined && { audience: options.audience })
              }),
            catch: faultOf
          })
          const user = userOf(verified, now / 1000)
          return user instanceof InvalidToken ? yield* user : user
        })
        return Auth.of({ verify })
      })
    )
}
