import { once } from "node:events"
import type { ServerResponse } from "node:http"
import { Context, Effect, Metric, Stream } from "effect"
import type { EncodedResponse, EventSink, SubscribeEvents } from "../compiler/ResponseEncoder.ts"
import type { HeaderList } from "./Cors.ts"
import { stringify } from "./ErrorResponses.ts"
import type { RequestContext } from "./RequestContext.ts"

const drained = (response: ServerResponse) => Effect.promise((signal) => once(response, "drain", { signal }))

/** Milliseconds after which a client that does not read is taken for one that does not follow events. */
const slowReader = 30_000

const streams = Metric.gauge("http_server_streams", { description: "Responses that are being streamed" })
let openStreams = 0
const context = Context.empty()

/**
 * Writes the events of one stream. For a client that does not read, only the latest one is kept, and not for long. A
 * process has thousands of these, so an object is all that a stream adds to what Node keeps.
 */
class EventWriter implements EventSink {
  private unread: Uint8Array | undefined = undefined
  private blocked: NodeJS.Timeout | undefined = undefined
  private close: (() => void) | undefined = undefined
  private isOver = false
  private readonly request: RequestContext
  private readonly onEnd: (request: RequestContext) => void

  constructor(request: RequestContext, onEnd: (request: RequestContext) => void) {
    this.request = request
    this.onEnd = onEnd
    request.isStreamComplete = false
    streams.updateUnsafe(++openStreams, context)
  }

  begin(subscribe: SubscribeEvents) {
    const { response } = this.request
    response.on("close", () => this.finish(false))
    const close = subscribe(this)
    if (this.isOver) return close()
    this.close = close
    // The client has gone already.
    if (response.destroyed) this.finish(false)
  }

  write(bytes: Uint8Array, isOptional: boolean) {
    if (this.isOver) return
    if (this.blocked === undefined) this.send(bytes)
    else if (!isOptional) this.unread = bytes
  }

  end() {
    this.finish(true)
  }

  private finish(isComplete: boolean) {
    if (this.isOver) return
    this.isOver = true
    const { request } = this
    clearTimeout(this.blocked)
    this.close?.()
    streams.updateUnsafe(--openStreams, context)
    request.isStreamComplete = isComplete
    if (isComplete) request.response.end()
    else request.response.destroy()
    this.onEnd(request)
  }

  private send(bytes: Uint8Array) {
    const { request } = this
    request.responseBytes += bytes.length
    if (request.response.write(bytes)) return
    request.response.once("drain", () => this.resume())
    this.blocked = setTimeout(() => this.finish(false), slowReader)
  }

  private resume() {
    clearTimeout(this.blocked)
    this.blocked = undefined
    const { unread } = this
    this.unread = undefined
    if (unread !== undefined) this.write(unread, false)
  }
}

interface Common {
  readonly security: HeaderList
  readonly cors: (request: RequestContext["request"]) => HeaderList
}

/** Writes responses. A response's own headers replace the common ones of the same name. */
export const makeWriter = ({ cors, security }: Common) => {
  streams.updateUnsafe(openStreams, context)

  const head = (sent: RequestContext, { headers, status }: EncodedResponse, contentType?: string, length?: number) => {
    const { id, rateLimits, request, response } = sent
    const list = ["x-request-id", id, ...cors(request)]
    for (let n = 0; n < security.length; n += 2) {
      const name = security[n] as string
      if (headers[name] === undefined) list.push(name, security[n + 1] as string)
    }
    const { address, user } = rateLimits
    const [first, second] = address === undefined ? [user, undefined] : [address, user]
    if (first !== undefined) {
      list.push("ratelimit-policy", second === undefined ? first.policy : `${first.policy}, ${second.policy}`)
      list.push("ratelimit", second === undefined ? first.state : `${first.state}, ${second.state}`)
    }
    for (const name in headers) list.push(name, headers[name] as string)
    if (contentType !== undefined && headers["content-type"] === undefined) list.push("content-type", contentType)
    if (length !== undefined) list.push("content-length", String(length))
    if (length !== undefined && request.method !== "HEAD") sent.responseBytes = length
    response.writeHead(status, list)
  }

  /** Writes a response whose body is at hand. */
  const write = (request: RequestContext, encoded: EncodedResponse) => {
    const { body } = encoded
    const { response } = request
    switch (body._tag) {
      case "Json": {
        // As text it leaves with the headers in one packet; as bytes it would be a second write.
        const text = stringify(body.contentType, body.value, request.id)
        const length = Buffer.byteLength(text)
        head(request, encoded, body.contentType, length)
        // Node copies ASCII faster where it need not look for other characters.
        response.end(text, length === text.length ? "latin1" : "utf8")
        return
      }
      case "Text":
        head(request, encoded, body.contentType, Buffer.byteLength(body.text))
        response.end(body.text)
        return
      case "Bytes":
        head(request, encoded, body.contentType, body.bytes.length)
        response.end(body.bytes)
        return
      default:
        head(request, encoded, undefined, encoded.status === 204 || encoded.status === 304 ? undefined : 0)
        response.end()
    }
  }

  /** Writes a stream as fast as the client reads it. A failure cuts the connection: the status is already sent. */
  const writeStream = (
    request: RequestContext,
    encoded: EncodedResponse,
    { contentType, stream }: EncodedResponse["body"] & { readonly _tag: "Stream" }
  ) =>
    Effect.suspend(() => {
      const { method, response } = request
      head(request, encoded, contentType)
      if (method === "HEAD") return Effect.sync(() => void response.end())
      request.isStreamComplete = false
      streams.updateUnsafe(++openStreams, context)
      return Stream.runForEach(stream, (chunk) => {
        request.responseBytes += chunk.length
        return response.write(chunk) ? Effect.void : drained(response)
      }).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            streams.updateUnsafe(--openStreams, context)
            request.isStreamComplete = exit._tag === "Success"
            if (request.isStreamComplete) response.end()
            else response.destroy()
          })
        )
      )
    })

  /** Writes events as they come, without a fiber. Calls `onEnd` once, when the stream is over. */
  const writeEvents = (
    request: RequestContext,
    encoded: EncodedResponse,
    { contentType, subscribe }: EncodedResponse["body"] & { readonly _tag: "Events" },
    onEnd: (request: RequestContext) => void
  ) => {
    const { method, response } = request
    request.openedAt = performance.now()
    head(request, encoded, contentType)
    if (method === "HEAD") {
      response.end()
      return onEnd(request)
    }
    request.release()
    // Node keeps the headers: as one string once they were sent by themselves, else as a tree of fifty.
    response.flushHeaders()
    const events = new EventWriter(request, onEnd)
    events.begin(subscribe)
  }

  return { write, writeStream, writeEvents }
}
