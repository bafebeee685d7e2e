import { Clock, Effect, Exit } from "effect"
import { ServiceUnavailable, Unauthorized } from "../../api/errors/CommonErrors.ts"
import { Authorization } from "../../api/middleware/Authorization.ts"
import { Auth } from "../../auth/Auth.ts"
import type { RequestContext, StepResult } from "./RequestContext.ts"

const tokenMissing = Exit.fail(
  new Unauthorized({
    code: "TOKEN_MISSING",
    detail: "Send an access token in the header Authorization: Bearer <token>."
  })
)

const keysUnavailable = new ServiceUnavailable({
  detail: "The issuer's signing keys are unavailable, so the token cannot be checked. Nothing was changed."
})

// RFC 6750, section 2.1, and RFC 9110, section 11.1: the scheme is case-insensitive.
const bearer = /^bearer +([^ ].*)$/i

/** Finds the user of the bearer token (401). A token that was verified before is found without waiting. */
export const authentication = Effect.gen(function* () {
  const auth = yield* Auth
  const clock = yield* Clock.Clock
  return (request: RequestContext): StepResult => {
    if (request.endpoint?.middlewares.has(Authorization) !== true) return Exit.void
    const token = bearer.exec(request.request.headers.authorization ?? "")?.[1]
    if (token === undefined) return tokenMissing
    request.user = auth.verifyCached(token, clock.currentTimeMillisUnsafe())
    if (request.user !== undefined) return Exit.void
    return auth.verify(token).pipe(
      Effect.catchTags({
        InvalidToken: ({ code, detail }) => Effect.fail(new Unauthorized({ code, detail })),
        JwksUnavailable: () => Effect.fail(keysUnavailable)
      }),
      Effect.flatMap((user) => {
        request.user = user
        return Exit.void
      })
    )
  }
})
