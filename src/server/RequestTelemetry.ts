import { Clock, Context, Effect, Exit, Option, References, Tracer } from "effect"
import { type HttpServerRequest, type HttpServerResponse, HttpTraceContext } from "effect/http"
import { userHash } from "../observability/UserHash.ts"
import { Exchange } from "./RequestContext.ts"
import * as RequestMetrics from "./RequestMetrics.ts"

/** What is written where no endpoint took a request: its path is the caller's text, and never told. */
const unmatched = "unmatched"

/** Nobody was there any more to be answered. No such status is ever sent. */
const aborted = 499

const isHealth = (route: string | undefined) => route !== undefined && /^\/health(\/|$)/.test(route)

/** A fault of ours is an error. What is away, full or too slow comes back by itself. */
const levelOf = (status: number) => (status < 500 ? "Info" : status === 503 ? "Warn" : "Error")

type Fields = Readonly<Record<string, unknown>>

/** One line with these fields, said in the context that was there before the router added to it. */
const say = (
  context: Context.Context<never>,
  level: "Info" | "Warn" | "Error",
  message: string,
  fields: Fields
): Effect.Effect<void> =>
  Effect.updateContext(Effect.logWithLevel(level)(message), (_: Context.Context<never>) =>
    Context.add(context, References.CurrentLogAnnotations, fields)
  )

/** Where the caller's own trace goes on. A header that is none is passed over. */
const parentOf = ({ headers }: HttpServerRequest.HttpServerRequest) =>
  Option.getOrUndefined(HttpTraceContext.w3c(headers))

/**
 * Sees a request from its first moment to its answer: one log line, one count, one span. Health is asked
 * every few seconds and says nothing new, so nothing is kept of it. `routeOf` is the path that a URL has
 * in the contract.
 */
export const make = Effect.fnUntraced(function* (routeOf: (url: string) => string | undefined) {
  const annotations = yield* References.CurrentLogAnnotations
  const isMetered = yield* RequestMetrics.Metered
  const isTraced = (yield* References.TracerEnabled) && (yield* Tracer.Tracer) !== Tracer.nativeTracer

  const record = (
    { method, url }: HttpServerRequest.HttpServerRequest,
    exchange: Exchange,
    context: Context.Context<never>,
    ids: Fields,
    status: number,
    nanoseconds: bigint
  ) => {
    // A page, a preflight, a wrong method: the path may be ours though no endpoint took the request.
    exchange.route ??= routeOf(url)
    const { event, route = unmatched, user } = exchange
    if (isHealth(route)) return Effect.void
    const duration_ms = Math.round(Number(nanoseconds) / 1000) / 1000
    if (isMetered) RequestMetrics.record(method, route, status, duration_ms / 1000)
    const by = user && { user_hash: userHash(user) }
    const line = say(context, levelOf(status), `${method} ${route} ${status}`, {
      ...ids,
      method,
      route,
      status,
      duration_ms,
      ...by
    })
    return event === undefined || status >= 300
      ? line
      : Effect.andThen(say(context, "Info", event.name, { ...ids, ...event.ids, ...by }), line)
  }

  return <E, R>(
    request: HttpServerRequest.HttpServerRequest,
    exchange: Exchange,
    answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
  ) =>
    Effect.withFiber<HttpServerResponse.HttpServerResponse, E, R>((fiber) => {
      const clock = fiber.getRef(Clock.Clock)
      const began = clock.monotonicTimeNanosUnsafe()
      const within = (span?: Tracer.Span) => {
        const ids = { ...annotations, request_id: exchange.id, ...(span && { trace_id: span.traceId }) }
        const context = span === undefined ? fiber.context : Context.add(fiber.context, Tracer.ParentSpan, span)
        return answer.pipe(
          Effect.onExit((exit) => {
            const status = Exit.isSuccess(exit) ? exit.value.status : aborted
            const line = record(request, exchange, context, ids, status, clock.monotonicTimeNanosUnsafe() - began)
            if (span !== undefined) describe(span, request, exchange, status)
            return line
          }),
          Effect.updateContext((outer: Context.Context<R>) => {
            const known = Context.add(Context.add(outer, Exchange, exchange), References.CurrentLogAnnotations, ids)
            return span === undefined ? known : Context.add(known, Tracer.ParentSpan, span)
          })
        )
      }
      if (!isTraced) return within()
      const route = routeOf(request.url)
      if (isHealth(route)) return Effect.withTracerEnabled(within(), false)
      const name = route === undefined ? request.method : `${request.method} ${route}`
      return Effect.flatMap(Effect.makeSpan(name, { kind: "server", parent: parentOf(request) }), (span) =>
        Effect.onExit(within(span), (exit) => Effect.sync(() => span.end(clock.currentTimeNanosUnsafe(), judge(exit))))
      )
    })
})

const describe = (
  span: Tracer.Span,
  request: HttpServerRequest.HttpServerRequest,
  { id, route, user }: Exchange,
  status: number
) => {
  span.attribute("http.request.method", request.method)
  if (route !== undefined) span.attribute("http.route", route)
  span.attribute("http.response.status_code", status)
  span.attribute("request_id", id)
  if (user !== undefined) span.attribute("user.hash", userHash(user))
}

/** A span has failed when the answer says that the fault is ours. */
const judge = (exit: Exit.Exit<HttpServerResponse.HttpServerResponse, unknown>) =>
  Exit.isSuccess(exit) && exit.value.status >= 500 ? Exit.fail(`answered with ${exit.value.status}`) : exit
