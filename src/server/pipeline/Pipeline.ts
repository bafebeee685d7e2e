import type { IncomingMessage, ServerResponse } from "node:http"
import { Cause, Context, Duration, Effect, Exit, type Fiber, Option, References, Tracer } from "effect"
import {
  type BadRequest,
  type HeadersTooLarge,
  MethodNotAllowed,
  NotReady,
  type RequestTimeout,
  RouteNotFound
} from "../../api/errors/CommonErrors.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { QueryTimedOut } from "../../database/Database.ts"
import { ChangeHub } from "../../events/ChangeHub.ts"
import { RateLimiters } from "../../rate-limit/RateLimiters.ts"
import type { CompiledEndpoint } from "../compiler/ApiCompiler.ts"
import { makeRouter } from "../compiler/EndpointRouter.ts"
import type { EncodedResponse } from "../compiler/ResponseEncoder.ts"
import { Readiness } from "../Readiness.ts"
import { authentication } from "./Authentication.ts"
import { readBody } from "./Body.ts"
import { clientAddressFinder, makeForwardedForWarning, TrustedProxies } from "./ClientAddress.ts"
import { AllowedOrigins, isPreflight, makeCors } from "./Cors.ts"
import { decoding } from "./Decoding.ts"
import { logServerError, toApiError } from "./ErrorMapping.ts"
import { encodeApiError } from "./ErrorResponses.ts"
import { idempotency } from "./Idempotency.ts"
import { addressLimit, userLimit } from "./RateLimit.ts"
import { CurrentRequest, RequestContext, type StepResult } from "./RequestContext.ts"
import { makeTelemetry } from "./RequestTelemetry.ts"
import { makeWriter } from "./ResponseWriter.ts"
import { securityHeaders, TransportSecurity } from "./SecurityHeaders.ts"

type MalformedRequest = BadRequest | HeadersTooLarge | RequestTimeout

/** Answers a request, with the refusal if it is malformed. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse, refusal?: MalformedRequest) => void

/** Emitted with a `MalformedRequest` by the response to a request whose body turns out to be malformed. */
export const refuseEvent = Symbol("refuse")

/** The exit of an effect that has finished already; `undefined` for one that has yet to run. */
const exitOf = <A, E>(effect: Effect.Effect<A, E>) => (Exit.isExit(effect) ? (effect as Exit.Exit<A, E>) : undefined)

const schemaUnchecked = Exit.fail(
  new NotReady({ checks: { schema: { status: "failing", reason: "the database has not been checked yet" } } })
)

/** How long a handler may take until the server answers 503. The time until a stream begins counts, the stream does not. */
export const HandlerTimeout = Context.Reference<Duration.Duration | undefined>("tasks/server/HandlerTimeout", {
  defaultValue: () => undefined
})

/**
 * The way of every request, in this order: id → route → well-formed (400, 408, 431) → CORS preflight → address limit (429)
 * → known route (404, 405) → database schema checked (503) → authentication (401) → user limit (429)
 * → body type and size (415, 413) → decoding with every error (422) → idempotency → handler → encoding → headers
 * → log line, metrics, span.
 *
 * Steps that need not wait run without a fiber; the first one that waits starts the request's only fiber.
 */
export const makePipeline = (endpoints: ReadonlyArray<CompiledEndpoint>) =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const fork = Effect.runForkWith(context)
    const findRoute = makeRouter(endpoints)
    const cors = makeCors(yield* AllowedOrigins)
    const security = securityHeaders(yield* TransportSecurity)
    const limits = yield* RateLimiters
    const hub = yield* ChangeHub
    const { canServe } = yield* Readiness
    const telemetry = yield* makeTelemetry(context)
    const runOnce = yield* idempotency
    const handlerTimeout = yield* HandlerTimeout
    const trustedProxies = yield* TrustedProxies
    const findClientAddress = clientAddressFinder(trustedProxies)
    const forwardedForWarning = makeForwardedForWarning(trustedProxies)
    const { write, writeEvents, writeStream } = makeWriter({ security, cors: cors.headers })

    const knownRoute = (request: RequestContext): StepResult => {
      const { method, route } = request
      if (route === undefined) return Exit.fail(new RouteNotFound({}))
      request.endpoint = route.methods.get(method) as CompiledEndpoint | undefined
      return request.endpoint === undefined ? Exit.fail(new MethodNotAllowed({ allow: route.allow })) : Exit.void
    }

    /** With other migrations or row-level security, lists could be empty or wrong. */
    const schemaGate = (request: RequestContext): StepResult =>
      canServe() || request.isHealthCheck ? Exit.void : schemaUnchecked

    const steps: ReadonlyArray<(request: RequestContext) => StepResult> = [
      addressLimit(limits.address),
      knownRoute,
      schemaGate,
      yield* authentication,
      userLimit(limits.user),
      readBody,
      decoding(limits.user)
    ]

    /** What a handler may ask for. Each addition is a layer above the server's services, which are not copied. */
    const contextOf = (request: RequestContext): Context.Context<never> => {
      let services: Context.Context<never> = Context.add(context, CurrentRequest, request)
      services = Context.add(services, References.CurrentLogAnnotations, telemetry.logFields(request))
      if (request.user !== undefined) services = Context.add(services, CurrentUser, request.user)
      return request.span === undefined ? services : Context.add(services, Tracer.ParentSpan, request.span)
    }

    const handle = (request: RequestContext): Effect.Effect<EncodedResponse, unknown> => {
      const { encodeSuccess, handle } = request.endpoint as CompiledEndpoint
      // Each statement has its time limit, but a handler may need several, one after another.
      if (handlerTimeout !== undefined) {
        request.timer = setTimeout(() => request.onTimeout?.(), Duration.toMillis(handlerTimeout))
      }
      const encoded = Effect.flatMap(handle(request.input as never), (value) => {
        const response = encodeSuccess(value)
        return response === undefined
          ? Exit.die(new Error("the response does not fit the contract"))
          : Exit.succeed(response)
      })
      const withContext = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
        Effect.updateContext(effect, () => contextOf(request))
      return Effect.flatMap(withContext(runOnce(request, encoded)), (encoded) => {
        clearTimeout(request.timer)
        const { body } = encoded
        return body._tag === "Stream"
          ? Effect.as(withContext(writeStream(request, encoded, body)), encoded)
          : Exit.succeed(encoded)
      })
    }

    const run = (request: RequestContext, from = 0): Effect.Effect<EncodedResponse, unknown> => {
      for (let n = from; n < steps.length; n++) {
        const result = (steps[n] as (typeof steps)[number])(request)
        const exit = exitOf(result)
        if (exit === undefined) return Effect.flatMap(result, () => run(request, n + 1))
        if (Exit.isFailure(exit)) return Exit.failCause(exit.cause)
      }
      return handle(request)
    }

    const errorResponse = (request: RequestContext, cause: Cause.Cause<unknown>): EncodedResponse => {
      const error = Option.getOrUndefined(Cause.findErrorOption(cause))
      const declared = request.endpoint?.encodeError(error) ?? encodeApiError(error)
      if (declared !== undefined) return declared
      const mapped = toApiError(Cause.squash(cause))
      telemetry.log(request, logServerError(mapped, cause))
      return encodeApiError(mapped) as EncodedResponse
    }

    const endOfEvents = (request: RequestContext) => telemetry.end(request, request.response.statusCode)

    const finish = (request: RequestContext, exit: Exit.Exit<EncodedResponse, unknown>) => {
      if (request.isFinished) return
      request.isFinished = true
      clearTimeout(request.timer)
      const { auditEvent, user } = request
      if (Exit.isSuccess(exit) && auditEvent !== undefined && user !== undefined) hub.changed(user.id)
      const { response } = request
      if (Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)) {
        // The status of a stream was sent before.
        return telemetry.end(request, response.headersSent ? response.statusCode : undefined)
      }
      try {
        const encoded = Exit.isSuccess(exit) ? exit.value : errorResponse(request, exit.cause)
        const { body } = encoded
        if (body._tag === "Events") {
          return writeEvents(request, encoded, body, endOfEvents)
        }
        if (!response.headersSent) write(request, encoded)
        telemetry.end(request, response.statusCode)
      } catch (cause) {
        // A bug in the pipeline itself: the client must not wait for a response that never comes.
        telemetry.log(request, Effect.logError("the response could not be written", Cause.die(cause)))
        response.destroy()
      }
    }

    const listener: RequestListener = (incoming, outgoing, refusal) => {
      const request = new RequestContext(incoming, outgoing)
      const match = findRoute(request.path)
      if (match !== undefined) {
        request.route = match.route
        request.params = match.params
      }
      const peer = incoming.socket.remoteAddress ?? ""
      const forwardedFor = incoming.headers["x-forwarded-for"]?.toString()
      request.clientAddress = findClientAddress(peer, forwardedFor)
      telemetry.start(request)
      const warning = forwardedForWarning(peer, forwardedFor)
      if (warning !== undefined) telemetry.log(request, Effect.logWarning(warning))
      if (refusal !== undefined) return finish(request, Exit.fail(refusal))
      const preflight = isPreflight(incoming) ? cors.preflight(incoming) : undefined
      if (preflight !== undefined) return finish(request, Exit.succeed(preflight))
      const result = run(request)
      const exit = exitOf(result)
      if (exit !== undefined) return finish(request, exit)
      let fiber: Fiber.Fiber<EncodedResponse, unknown> | undefined = fork(result)
      fiber.addObserver((exit) => {
        // The response of a stream of events may be open for hours, and would keep the fiber.
        fiber = undefined
        finish(request, exit)
      })
      const finishAtOnce = (exit: Exit.Exit<never, unknown>) => {
        finish(request, exit)
        fiber?.interruptUnsafe()
      }
      request.onTimeout = () => finishAtOnce(Exit.die(new QueryTimedOut()))
      outgoing.on(refuseEvent, (refusal: MalformedRequest) => finishAtOnce(Exit.fail(refusal)))
      outgoing.on("close", () => fiber?.interruptUnsafe())
    }
    return listener
  })
