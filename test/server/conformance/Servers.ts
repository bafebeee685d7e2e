import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { Context, Effect, Layer, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../../src/api/Api.ts"
import { Unauthorized } from "../../../src/api/errors/CommonErrors.ts"
import { Authorization, CurrentUser } from "../../../src/api/middleware/Authorization.ts"
import { BodyLimits } from "../../../src/api/middleware/BodyLimits.ts"
import { ErrorHandler } from "../../../src/api/middleware/ErrorHandler.ts"
import { Idempotency } from "../../../src/api/middleware/Idempotency.ts"
import { RateLimit } from "../../../src/api/middleware/RateLimit.ts"
import { Auth } from "../../../src/auth/Auth.ts"
import { RateLimiters } from "../../../src/rate-limit/RateLimiters.ts"
import { Handlers } from "../../../src/server/handlers/Handlers.ts"
import { makeListener } from "../../../src/server/Listener.ts"
import { Readiness } from "../../../src/server/Readiness.ts"
import { changeHub, listen } from "../../support/HttpTestClient.ts"
import * as TestAuth from "../../support/TestAuth.ts"
import { repositories } from "./Repositories.ts"

const services = Layer.mergeAll(
  Layer.provideMerge(changeHub, repositories),
  TestAuth.layer,
  RateLimiters.layerOff,
  Readiness.layer({ database: Effect.void }),
  NodeCrypto.layerSecureRandom
)

/** The library's own server needs an implementation of each middleware. Only authorization does something. */
const middleware = Layer.mergeAll(
  Layer.effect(
    Authorization,
    Effect.map(Auth, (auth) => ({
      bearer: (httpEffect, { credential }) =>
        Effect.flatMap(
          auth.verify(Redacted.value(credential)).pipe(
            Effect.catchTags({
              InvalidToken: ({ code, detail }) => Effect.fail(new Unauthorized({ code, detail })),
              JwksUnavailable: Effect.die
            })
          ),
          (user) => Effect.provideService(httpEffect, CurrentUser, user)
        )
    }))
  ),
  Layer.succeed(RateLimit, (httpEffect) => httpEffect),
  Layer.succeed(Idempotency, (httpEffect) => httpEffect),
  Layer.succeed(BodyLimits, (httpEffect) => httpEffect),
  Layer.succeed(ErrorHandler, (httpEffect) => httpEffect)
)

const groups = Layer.unwrap(
  Effect.map(Handlers, (handlers) =>
    Layer.mergeAll(
      HttpApiBuilder.group(Api, "tasks", (group) => group.handleAll(handlers.tasks)),
      HttpApiBuilder.group(Api, "trash", (group) => group.handleAll(handlers.trash)),
      HttpApiBuilder.group(Api, "recurrence", (group) => group.handleAll(handlers.recurrence)),
      HttpApiBuilder.group(Api, "projects", (group) => group.handleAll(handlers.projects)),
      HttpApiBuilder.group(Api, "tags", (group) => group.handleAll(handlers.tags)),
      HttpApiBuilder.group(Api, "changes", (group) => group.handleAll(handlers.changes)),
      HttpApiBuilder.group(Api, "account", (group) => group.handleAll(handlers.account)),
      HttpApiBuilder.group(Api, "events", (group) => group.handleAll(handlers.events)),
      HttpApiBuilder.group(Api, "export", (group) => group.handleAll(handlers.export)),
      HttpApiBuilder.group(Api, "me", (group) => group.handleAll(handlers.me)),
      HttpApiBuilder.group(Api, "health", (group) => group.handleAll(handlers.health))
    )
  )
).pipe(Layer.provide(Handlers.layer))

type Send = (path: string, init: RequestInit) => Effect.Effect<Response>

/** The same handlers twice: behind the library's HttpApiBuilder, and behind the compiler and the pipeline. */
export class Servers extends Context.Service<Servers, { readonly library: Send; readonly service: Send }>()(
  "test/server/Servers"
) {
  static readonly layer = Layer.effect(
    Servers,
    Effect.gen(function* () {
      const { dispose, handler } = HttpRouter.toWebHandler(
        HttpApiBuilder.layer(Api).pipe(
          Layer.provide(groups),
          Layer.provide(middleware),
          Layer.provide(services),
          Layer.provide(HttpServer.layerServices)
        ),
        { routerConfig: { caseSensitive: true, ignoreTrailingSlash: false }, disableLogger: true }
      )
      yield* Effect.addFinalizer(() => Effect.promise(dispose))
      const origin = yield* listen(yield* Effect.provide(makeListener, services))
      return {
        library: (path, init) => Effect.promise(() => handler(new Request(`http://localhost${path}`, init))),
        service: (path, init) => Effect.promise(() => fetch(`${origin}${path}`, init))
      }
    })
  )
}
