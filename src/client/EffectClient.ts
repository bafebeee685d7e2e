import { Context, Effect, Layer, type Redacted } from "effect"
import { HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Api } from "../api/Api.ts"
import { Authorization } from "../api/middleware/Authorization.ts"

interface Options {
  readonly baseUrl: string | URL
  /** Asked for every request. */
  readonly token: Effect.Effect<string | Redacted.Redacted>
}

/** The client that follows from the contract, for programs in Effect: every endpoint, every problem in its type. */
export class EffectClient extends Context.Service<EffectClient, HttpApiClient.ForApi<typeof Api>>()(
  "tasks/client/EffectClient"
) {
  /** On whatever `HttpClient` there is. */
  static readonly layer = ({ baseUrl, token }: Options) =>
    Layer.effect(EffectClient, HttpApiClient.make(Api, { baseUrl })).pipe(
      Layer.provide(
        HttpApiMiddleware.layerClient(Authorization, ({ next, request }) =>
          Effect.flatMap(token, (bearer) => next(HttpClientRequest.bearerToken(request, bearer)))
        )
      )
    )
}
