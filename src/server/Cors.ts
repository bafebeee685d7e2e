import { Context } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"

/** The origins whose pages may read our answers, exactly as browsers spell them. None means that no browser may. */
export const AllowedOrigins = Context.Reference<ReadonlyArray<string>>("tasks/server/AllowedOrigins", {
  defaultValue: () => []
})

const exposed =
  "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Total-Count, X-Request-Id, Idempotency-Replayed, WWW-Authenticate"
const allowed =
  "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, X-Request-Id, Last-Event-ID, traceparent, tracestate, b3"

type Headers = Readonly<Record<string, string>>

// The answer depends on who asks, so a cache must not give one origin's answer to another.
const vary: Headers = { vary: "Origin" }

/** Whether a browser asks beforehand what it may send. */
export const isPreflight = (request: HttpServerRequest.HttpServerRequest) =>
  request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined

/** What is said to browsers. Everything is made at the start; a request costs one look-up. */
export const make = (origins: ReadonlyArray<string>) => {
  const byOrigin = new Map<
    string,
    { readonly answer: Headers; readonly preflight: HttpServerResponse.HttpServerResponse }
  >()
  for (const origin of origins) {
    const common = { ...vary, "access-control-allow-origin": origin, "access-control-allow-credentials": "true" }
    byOrigin.set(origin, {
      answer: { ...common, "access-control-expose-headers": exposed },
      preflight: HttpServerResponse.empty({
        status: 204,
        headers: {
          ...common,
          "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
          "access-control-allow-headers": allowed,
          "access-control-max-age": "600"
        }
      })
    })
  }
  const others = origins.length === 0 ? {} : vary
  const known = ({ headers }: HttpServerRequest.HttpServerRequest) =>
    headers.origin === undefined ? undefined : byOrigin.get(headers.origin)
  return {
    /** The answer to a browser that asks beforehand. It needs no token and no route. */
    preflight: (request: HttpServerRequest.HttpServerRequest) =>
      isPreflight(request) ? known(request)?.preflight : undefined,
    /** The headers of every other answer, errors included: a page must be able to read those too. */
    headers: (request: HttpServerRequest.HttpServerRequest) => known(request)?.answer ?? others
  }
}
