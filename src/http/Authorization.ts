import { Effect, Layer, Redacted } from "effect"
import { Authorization, CurrentUser } from "../api/Authorization.ts"
import { Unauthorized } from "../api/Problems.ts"
import { Auth } from "../service/Auth.ts"

const missing = new Unauthorized({
  code: "TOKEN_MISSING",
  detail: "Send an access token in the header Authorization: Bearer <token>."
})

export const AuthorizationLayer = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const auth = yield* Auth
    return {
      bearer: (httpEffect, { credential }) => {
        const token = Redacted.value(credential)
        if (token === "") return Effect.fail(missing)
        return Effect.flatMap(
          Effect.mapError(auth.verify(token), ({ code, detail }) => new Unauthorized({ code, detail })),
          (user) => Effect.provideService(httpEffect, CurrentUser, user)
        )
      }
    }
  })
)
