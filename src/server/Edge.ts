import { Cause, Effect, identity } from "effect"
import { SecureRandom } from "effect/crypto"
import {
  FindMyWay,
  type Headers,
  HttpMiddleware,
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerRespondable,
  HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { HttpApi } from "effect/http-api"
import { Api } from "../api/Api.ts"
import { MethodNotAllowed, RouteNotFound } from "../api/errors/CommonErrors.ts"
import { HealthApi } from "../api/Health.ts"
import { RateLimiters } from "../rate-limit/RateLimiters.ts"
import { clientOf, TrustedProxies } from "./ClientAddress.ts"
import * as Cors from "./Cors.ts"
import { problemOf, report } from "./ErrorMapping.ts"
import { judge } from "./RateLimit.ts"
import { type Exchange, idOf } from "./RequestContext.ts"
import * as RequestTelemetry from "./RequestTelemetry.ts"
import * as SecurityHeaders from "./SecurityHeaders.ts"

/** One spelling for one resource: case counts, and a slash at the end makes another path. */
export const routerConfig: Partial<FindMyWay.RouterConfig> = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  // An id that is too long is judged as an id, not as a path; a request line ends at 16 KiB anyway.
  maxParamLength: 16_384
}

/** Each path with its methods, for requests that no route took: the router knows only whole routes. */
const knownPaths = (pages: ReadonlyArray<FindMyWay.PathInput>) => {
  const methods = new Map<string, Array<string>>(pages.map((page) => [page, ["GET", "HEAD"]]))
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { method, path } }) => {
      methods.set(path, [...(methods.get(path) ?? []), ...(method === "GET" ? ["GET", "HEAD"] : [method])])
    }
  })
  const paths = FindMyWay.make<{ readonly path: string; readonly allow: ReadonlyArray<string> }>(routerConfig)
  for (const [path, allow] of methods) paths.on("*", path as FindMyWay.PathInput, { path, allow })
  return (url: string) => paths.find("*", url)?.handler
}

const healthPaths = new Set<string>(Object.values(HealthApi.endpoints).map(({ path }) => path))

/** Who asks how the service is, or what a page may ask, must be answered however often that is. */
const isFree = (request: HttpServerRequest.HttpServerRequest) =>
  healthPaths.has(request.url.split("?", 1)[0] ?? "") || Cors.isPreflight(request)

type Render = HttpServerRespondable.Respondable & { readonly headers?: Headers.Input }

const render = (problem: Render) =>
  Effect.map(HttpServerRespondable.toResponse(problem), HttpServerResponse.setHeaders(problem.headers ?? {}))

const isRouteNotFound = (thrown: unknown): thrown is HttpServerError.HttpServerError =>
  HttpServerError.isHttpServerError(thrown) && thrown.reason._tag === "RouteNotFound"

/** Every answer carries what is common to all, and a problem says its request's id, its standard members first. */
const sign = (response: HttpServerResponse.HttpServerResponse, request_id: string, common: Headers.Input) => {
  const headers = { ...common, ...response.headers, "x-request-id": request_id }
  const { body } = response
  if (body._tag !== "Uint8Array" || body.contentType !== ProblemDetails.contentType || body.text === undefined) {
    return HttpServerResponse.setHeaders(response, headers)
  }
  const { type, title, status, detail, code, ...more } = JSON.parse(body.text)
  return HttpServerResponse.jsonUnsafe(
    { type, title, status, detail, code, ...more, request_id },
    { status, headers, contentType: body.contentType }
  )
}

/**
 * The outermost ring. Every request gets an id, every answer carries it, browsers are told what they
 * may do, and whatever fails in the router or in a route that is not of the contract becomes a problem.
 */
export const EdgeLayer = (pages: ReadonlyArray<FindMyWay.PathInput>) =>
  HttpRouter.middleware(
    Effect.gen(function* () {
      const random = yield* SecureRandom.SecureRandom
      const cors = Cors.make(yield* Cors.AllowedOrigins)
      const security = SecurityHeaders.common(yield* SecurityHeaders.TransportSecurity)
      const { address: limit } = yield* RateLimiters
      const judgeAddress = limit && judge(limit)
      const trustedProxies = yield* TrustedProxies
      const forwarded = trustedProxies.length === 0 ? identity : HttpMiddleware.xForwardedHeaders({ trustedProxies })
      const find = knownPaths(pages)
      const observe = yield* RequestTelemetry.make((url) => find(url)?.path)

      const problemFor = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>, url: string) {
        const thrown = Cause.squash(cause)
        if (isRouteNotFound(thrown)) {
          const known = find(url)
          return yield* render(known === undefined ? new RouteNotFound({}) : new MethodNotAllowed(known))
        }
        const problem = problemOf(thrown)
        yield* report(problem, cause)
        return yield* render(problem)
      })

      const refusalOf = (request: HttpServerRequest.HttpServerRequest, exchange: Exchange) =>
        judgeAddress === undefined || isFree(request) ? Effect.undefined : judgeAddress(exchange, clientOf(request), 1)

      return (httpEffect) =>
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const exchange: Exchange = { id: yield* idOf(request, random) }
          const preflight = cors.preflight(request)
          const answer =
            preflight === undefined
              ? refusalOf(request, exchange).pipe(
                  Effect.flatMap((refusal) => (refusal === undefined ? httpEffect : render(refusal))),
                  Effect.catchCause((cause) =>
                    Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : problemFor(cause, request.url)
                  )
                )
              : Effect.succeed(preflight)
          const response = yield* observe(request, exchange, answer)
          return sign(response, exchange.id, { ...security, ...cors.headers(request), ...exchange.limits })
        }).pipe(forwarded)
    }),
    { global: true }
  )
