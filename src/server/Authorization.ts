import { Effect, Layer, Redacted } from "effect"
import { ServiceUnavailable, Unauthorized } from "../api/errors/CommonErrors.ts"
import { Authorization, CurrentUser } from "../api/middleware/Authorization.ts"
import { Auth } from "../auth/Auth.ts"
import { Exchange } from "./RequestContext.ts"

const missing = new Unauthorized({
  code: "TOKEN_MISSING",
  detail: "Send an access token in the header Authorization: Bearer <token>."
})

const keysUnavailable = new ServiceUnavailable({
  detail: "The keys of the token's issuer are not there, so tokens cannot be checked. Nothing was done."
})

export const AuthorizationLayer = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const auth = yield* Auth
    return {
      bearer: (httpEffect, { credential }) => {
        const token = Redacted.value(credential)
        if (token === "") return Effect.fail(missing)
        return auth.verify(token).pipe(
          Effect.catchTags({
            InvalidToken: ({ code, detail }) => Effect.fail(new Unauthorized({ code, detail })),
            JwksUnavailable: () => Effect.fail(keysUnavailable)
          }),
          Effect.flatMap((user) =>
            Effect.flatMap(Exchange, (exchange) => {
              exchange.user = user
              return Effect.provideService(httpEffect, CurrentUser, user)
            })
          )
        )
      }
    }
  })
)
