import type { IncomingMessage } from "node:http"
import { Context } from "effect"
import type { EncodedResponse } from "../compiler/ResponseEncoder.ts"

/** The origins whose pages may call the service, exactly as browsers send them. `:*` stands for any port. None by default. */
export const AllowedOrigins = Context.Reference<ReadonlyArray<string>>("tasks/server/AllowedOrigins", {
  defaultValue: () => []
})

const exposedHeaders =
  "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Total-Count, X-Request-Id, Idempotency-Replayed, WWW-Authenticate, Content-Disposition"
// The last three are sent by common clients of HTTP and of events. Some browsers ask for User-Agent when a page sets it.
const allowedHeaders =
  "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, X-Request-Id, Last-Event-ID, traceparent, tracestate, b3, baggage, sentry-trace, Cache-Control, User-Agent, X-Requested-With"

/** Header names and values in turn, as `response.writeHead` takes them. */
export type HeaderList = ReadonlyArray<string>

/** Whether a browser asks what it may send (CORS preflight). Such a request needs no token and no route. */
export const isPreflight = ({ headers, method }: IncomingMessage) =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined

const preflightResponse: EncodedResponse = {
  status: 204,
  headers: {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": allowedHeaders,
    "access-control-max-age": "600"
  },
  body: { _tag: "Empty" }
}

/** To a browser that asks before it lets a page of the internet into a private network. */
const privateNetworkResponse: EncodedResponse = {
  ...preflightResponse,
  headers: { ...preflightResponse.headers, "access-control-allow-private-network": "true" }
}

const headersFor = (origin: string): HeaderList => [
  ...["vary", "Origin", "access-control-allow-origin", origin],
  ...["access-control-allow-credentials", "true", "access-control-expose-headers", exposedHeaders]
]

/** The CORS headers of every origin, made once; a request costs one look-up. */
export const makeCors = (origins: ReadonlyArray<string>) => {
  const byOrigin = new Map<string, HeaderList>(origins.map((origin) => [origin, headersFor(origin)]))
  const find = (origin: string) =>
    byOrigin.get(origin) ?? (byOrigin.has(origin.replace(/(:\d+)?$/, ":*")) ? headersFor(origin) : undefined)
  // The response depends on the origin, so a cache must not serve one origin's response to another.
  const others: HeaderList = origins.length === 0 ? [] : ["vary", "Origin"]
  return {
    /** `undefined` for an origin that may not call: then the request goes on and gets 405. */
    preflight: ({ headers }: IncomingMessage) => {
      if (find(headers.origin ?? "") === undefined) return undefined
      return headers["access-control-request-private-network"] === "true" ? privateNetworkResponse : preflightResponse
    },
    /** The headers of every response, errors included: a page must be able to read those too. */
    headers: ({ headers }: IncomingMessage) =>
      headers.origin === undefined ? others : (find(headers.origin) ?? others)
  }
}
