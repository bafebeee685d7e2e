import { Context, Effect, Layer, type Redacted } from "effect"
import { HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { Authorization } from "../../api/middleware/Authorization.ts"

export interface EffectClientOptions {
  /** Where the service runs: `https://tasks.example.com`. */
  readonly baseUrl: string | URL
  /** Returns the user's access token. It runs for every request. */
  readonly token: Effect.Effect<string | Redacted.Redacted>
}

/** The client that Effect derives from the contract: every endpoint, with its errors in its type. */
export class EffectClient extends Context.Service<EffectClient, HttpApiClient.ForApi<typeof Api>>()(
  "tasks/client/EffectClient"
) {
  /** A client over the provided `HttpClient`. */
  static readonly layer = ({ baseUrl, token }: EffectClientOptions) =>
    Layer.effect(EffectClient, HttpApiClient.make(Api, { baseUrl })).pipe(
      Layer.provide(
        HttpApiMiddleware.layerClient(Authorization, ({ next, request }) =>
          Effect.flatMap(token, (bearer) => next(HttpClientRequest.bearerToken(request, bearer)))
        )
      )
    )
}
