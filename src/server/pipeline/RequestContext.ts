import { randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { Context, Effect, type Exit, type Tracer } from "effect"
import type { RateLimitScope } from "../../api/errors/CommonErrors.ts"
import type { Caller } from "../../domain/User.ts"
import type { CompiledEndpoint } from "../compiler/ApiCompiler.ts"
import type { Route } from "../compiler/EndpointRouter.ts"
import { parseQuery, type Query } from "./Query.ts"

/** Why the server ended a response that was not finished: a shutdown waits no longer. */
export class CutOff extends Error {}

/** What a request changed: a name such as "task created", and the ids of the rows. */
export interface AuditEvent {
  readonly name: string
  readonly ids: Readonly<Record<string, string | ReadonlyArray<string>>>
}

/** What the headers `RateLimit-Policy` and `RateLimit` say of a limit, and the tokens that are left. */
interface RateLimitState {
  readonly policy: string
  readonly state: string
  readonly remaining: number
}

const noRateLimits = { address: undefined, user: undefined }

// Long enough for any tracing scheme, and without characters that could break a log line or a header.
const validId = /^[A-Za-z0-9._:-]{1,128}$/

/** The client's `X-Request-Id` where it is valid, so that a proxy's log and ours name the same request; else a random UUID. */
const requestId = (header: string | ReadonlyArray<string> | undefined) =>
  typeof header === "string" && validId.test(header) ? header : randomUUID()

/** A server must accept the address of a request in full, too, as clients send it to proxies (RFC 9112, section 3.2.2). */
const originForm = (target: string) => (target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*\/?/i, "/"))

/** One request in the pipeline. Each step reads what earlier steps found and adds what it finds. */
export class RequestContext {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly path: string
  readonly search: string
  /** In milliseconds, by `performance.now`. */
  readonly startedAt = performance.now()
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Absent for an unknown path. */
  route: Route<unknown> | undefined = undefined
  params: Readonly<Record<string, string | undefined>> = {}
  /** Set by the step that finds it; no later step runs without it. */
  endpoint: CompiledEndpoint | undefined = undefined
  user: Caller | undefined = undefined
  body: { readonly mediaType: string; readonly text: string } | undefined = undefined
  input: Readonly<Record<string, unknown>> = {}
  /** The limits that were checked, in their order. */
  rateLimits: Record<RateLimitScope, RateLimitState | undefined> = { address: undefined, user: undefined }
  /** Whether a limiter was unavailable and let the request pass. */
  failedOpen = false
  /** When a stream of events was opened, in milliseconds. Its client may close it at any time. */
  openedAt: number | undefined = undefined
  auditEvent: AuditEvent | undefined = undefined
  /** The address of the client, behind trusted proxies. */
  clientAddress = ""
  /** Bytes of the response's body so far. */
  responseBytes = 0
  /** For a stream, whether all of it was sent. */
  isStreamComplete: boolean | undefined = undefined
  span: Tracer.Span | undefined = undefined
  /** Runs while the handler does. */
  timer: NodeJS.Timeout | undefined = undefined
  onTimeout: (() => void) | undefined = undefined
  isFinished = false

  /** Health checks come every few seconds and tell nothing new: they are neither limited, logged, counted nor traced. */
  get isHealthCheck() {
    return this.route?.path.startsWith("/health") === true
  }

  private parsedQuery: { readonly query: Query | undefined } | undefined

  /** The parameters of the query; `undefined` for a query that is not UTF-8. */
  get query() {
    this.parsedQuery ??= { query: parseQuery(this.search) }
    return this.parsedQuery.query
  }

  /**
   * Forgets what only the beginning of a response needs, before a stream that lasts for hours: above all the token. The
   * log line at its end names the client.
   */
  release() {
    const agent = this.request.headers["user-agent"]
    this.request.headers = agent === undefined ? {} : { "user-agent": agent }
    this.request.rawHeaders = []
    this.input = {}
    this.params = {}
    this.rateLimits = noRateLimits
    this.timer = undefined
    // A random UUID of Node is a tree of 36 strings until one of its characters is read.
    this.id.charCodeAt(0)
  }

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request
    this.response = response
    this.id = requestId(request.headers["x-request-id"])
    this.method = request.method ?? ""
    this.url = originForm(request.url ?? "")
    const query = this.url.indexOf("?")
    this.path = query < 0 ? this.url : this.url.slice(0, query)
    this.search = query < 0 ? "" : this.url.slice(query + 1)
  }
}

/** What a step answers: nothing, or the error that ends the request. A finished step is an `Exit` and needs no fiber. */
export type StepResult = Effect.Effect<void, unknown>
export type FinishedStep = Exit.Exit<void, unknown>

/** The current request, for handlers. */
export const CurrentRequest = Context.Reference<{ auditEvent: AuditEvent | undefined }>("tasks/server/CurrentRequest", {
  defaultValue: () => ({ auditEvent: undefined })
})

/** For the log: what a handler has changed. It is logged once the response is a success, and not for a stored response. */
export const recordAuditEvent = (name: string, ids: AuditEvent["ids"]) =>
  Effect.map(CurrentRequest, (request) => {
    request.auditEvent = { name, ids }
  })
