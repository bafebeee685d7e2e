import type { Effect } from "effect"
import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

/** The decoded parts of a request, and its URL. A handler sees nothing else of HTTP. */
export type HandlerInput<Endpoint extends HttpApiEndpoint.Constraint> = Omit<
  Parameters<HttpApiEndpoint.Handler<Endpoint, never, never>>[0],
  "request" | "endpoint" | "group"
> & { readonly request: { readonly url: string } }

/**
 * Implements one endpoint: succeeds with a declared success, fails with a declared error, and may ask for what the
 * endpoint's middleware provides.
 */
export type Handler<Endpoint extends HttpApiEndpoint.Constraint> = (
  input: HandlerInput<Endpoint>
) => Effect.Effect<
  Effect.Success<ReturnType<HttpApiEndpoint.Handler<Endpoint, never, never>>>,
  HttpApiEndpoint.Errors<Endpoint>,
  HttpApiEndpoint.MiddlewareProvides<Endpoint>
>

/** A handler for every endpoint of a group. */
export type GroupHandlers<Group extends HttpApiGroup.Constraint> = {
  readonly [Endpoint in HttpApiGroup.Endpoints<Group> as Endpoint["identifier"]]: Handler<Endpoint>
}

/** A handler for every endpoint of an api, by group. */
export type ApiHandlers<Groups extends HttpApiGroup.Constraint> = {
  readonly [Group in Groups as Group["identifier"]]: GroupHandlers<Group>
}
