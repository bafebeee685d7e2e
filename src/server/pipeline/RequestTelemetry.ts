import { Clock, Context, Effect, Exit, type LogLevel, Option, References, Tracer } from "effect"
import { Headers, HttpTraceContext } from "effect/http"
import { LineWriter } from "../../observability/Logging.ts"
import { userHash } from "../../observability/UserHash.ts"
import { maskAddress } from "./ClientAddress.ts"
import { CutOff, type RequestContext } from "./RequestContext.ts"
import * as RequestMetrics from "./RequestMetrics.ts"

/** Logged for an unknown path: the path itself is the client's text. */
const unmatched = "unmatched"

/** Logged when the client left before the response. No such status is sent. */
const clientClosedRequest = 499

/** Logged when a shutdown cut off a request before its response. */
const cutOff = 503

/** Longer user agents are cut off in the log. */
const maxUserAgent = 200

/** How much of a client's address the log has. */
export const ClientAddressInLog = Context.Reference<"full" | "masked" | "off">("tasks/server/ClientAddressInLog", {
  defaultValue: () => "full"
})

const levelOf = (status: number) => (status < 500 ? "Info" : status === 503 ? "Warn" : "Error")

type Fields = Readonly<Record<string, unknown>>

/** One log line, one count and one span for each request. `context` has the loggers and the clock. */
export const makeTelemetry = Effect.fnUntraced(function* (context: Context.Context<never>) {
  const annotations = yield* References.CurrentLogAnnotations
  const isMetered = yield* RequestMetrics.Metered
  const addressInLog = yield* ClientAddressInLog
  const tracer = yield* Tracer.Tracer
  const clock = yield* Clock.Clock
  const writeLine = yield* LineWriter
  const isTraced = (yield* References.TracerEnabled) && tracer !== Tracer.nativeTracer

  const logFields = ({ id, span }: RequestContext): Record<string, unknown> =>
    span === undefined ? { ...annotations, request_id: id } : { ...annotations, request_id: id, trace_id: span.traceId }

  /** Runs an effect that logs, with these fields in each line, within the span of the request. */
  const logWith = ({ span }: RequestContext, effect: Effect.Effect<void>, fields: Fields) => {
    const services = Context.add(context, References.CurrentLogAnnotations, fields)
    Effect.runForkWith(span === undefined ? services : Context.add(services, Tracer.ParentSpan, span))(effect)
  }

  const log = (request: RequestContext, effect: Effect.Effect<void>) => logWith(request, effect, logFields(request))

  /** Logs a line with the fields that are defined. */
  const logLine = (request: RequestContext, level: LogLevel.Severity, message: string, fields: Fields) => {
    if (writeLine !== undefined) return writeLine(level, clock.currentTimeMillisUnsafe(), message, fields)
    const defined = Object.entries(fields).filter(([, value]) => value !== undefined)
    logWith(request, Effect.logWithLevel(level)(message), Object.fromEntries(defined))
  }

  /** Starts the span of a request, as a child of the client's span where it sent a valid `traceparent`. */
  const start = (request: RequestContext) => {
    const route = request.route?.path
    if (!isTraced || request.isHealthCheck) return
    const parent = HttpTraceContext.w3c(Headers.fromInput(request.request.headers as Headers.Input))
    request.span = tracer.span({
      name: route === undefined ? request.method : `${request.method} ${route}`,
      parent,
      annotations: Context.empty(),
      links: [],
      startTime: clock.currentTimeNanosUnsafe(),
      kind: "server",
      root: false,
      sampled: Option.match(parent, { onNone: () => true, onSome: ({ sampled }) => sampled })
    })
  }

  const endSpan = (span: Tracer.Span, { id, method, route, user }: RequestContext, status: number) => {
    span.attribute("http.request.method", method)
    if (route !== undefined) span.attribute("http.route", route.path)
    span.attribute("http.response.status_code", status)
    span.attribute("request_id", id)
    if (user !== undefined) span.attribute("user.hash", userHash(user))
    const exit = status < 500 ? Exit.void : Exit.fail(`status ${status}`)
    span.end(clock.currentTimeNanosUnsafe(), exit)
  }

  const addressOf = ({ clientAddress }: RequestContext) => {
    if (addressInLog === "off") return undefined
    return addressInLog === "masked" ? maskAddress(clientAddress) : clientAddress
  }

  /** Records the end of a request; without a status no response was sent. */
  const end = (request: RequestContext, sentStatus?: number) => {
    const { auditEvent, isStreamComplete, method, response, responseBytes, span, user } = request
    const status = sentStatus ?? (response.errored instanceof CutOff ? cutOff : clientClosedRequest)
    const route = request.route?.path ?? unmatched
    if (request.isHealthCheck) return
    const now = performance.now()
    const duration_ms = Math.round((now - request.startedAt) * 1000) / 1000
    // A stream of events lasts as long as its client wants. Its response time is the time until it began.
    if (isMetered) RequestMetrics.record(method, route, status, ((request.openedAt ?? now) - request.startedAt) / 1000)
    if (span !== undefined) endSpan(span, request, status)
    const ids = logFields(request)
    const user_hash = user && userHash(user)
    if (auditEvent !== undefined && status < 300) {
      logLine(request, "Info", auditEvent.name, { ...ids, ...auditEvent.ids, user_hash })
    }
    logLine(request, levelOf(status), `${method} ${route} ${status}`, {
      ...ids,
      method,
      route,
      status,
      duration_ms,
      response_bytes: responseBytes,
      stream_complete: isStreamComplete,
      client_address: addressOf(request),
      user_agent: request.request.headers["user-agent"]?.slice(0, maxUserAgent),
      user_hash
    })
  }

  return { start, end, log, logFields }
})
