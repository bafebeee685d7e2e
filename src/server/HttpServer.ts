import { createServer, IncomingMessage, ServerResponse } from "node:http"
import { type AddressInfo, Server as NetServer, type Socket } from "node:net"
import type { Duplex } from "node:stream"
import { Duration, Effect } from "effect"
import { HttpServerError } from "effect/http"
import { BadRequest, HeadersTooLarge, RequestTimeout } from "../api/errors/CommonErrors.ts"
import { type ConnectionLimits, makeConnections } from "./Connections.ts"
import { type RequestListener, refuseEvent } from "./pipeline/Pipeline.ts"
import { CutOff } from "./pipeline/RequestContext.ts"

// A request has 5 s for its headers and 15 s in all, checked every second. With Node's defaults a few hundred clients
// that send a byte now and then hold as many sockets for minutes.
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 65_000,
  // Checked below, with a problem as the response.
  requireHostHeader: false,
  // Two Authorization headers become one that is no valid token, rather than the first of them.
  joinDuplicateHeaders: true,
  // A request that offers another protocol (as `curl --http2` does) is answered in HTTP/1.1.
  shouldUpgradeCallback: () => false
}

// A request may be in flight on a connection that seems idle. For this long, in milliseconds, a client learns from
// a response that its connection ends; if the connection closed at once, the request would be lost.
const drainDelay = 300

// As many connections wait to be accepted as the kernel allows (net.core.somaxconn). With Node's 511 the kernel drops
// more than that, and their clients try again after a second.
const backlog = 65_535

const errorFor = (code: string | undefined) => {
  if (code === "HPE_HEADER_OVERFLOW") return new HeadersTooLarge({})
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? new RequestTimeout({}) : new BadRequest({})
}

/** Whether the client closed the connection within a request. */
const hasLeft = ({ code }: NodeJS.ErrnoException) => code === "ECONNRESET" || code === "HPE_INVALID_EOF_STATE"

const validHost = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]*)(?::\d*)?$/i

/**
 * One host (RFC 9112, section 3.2), or none in HTTP/1.0. With two, a proxy may have used the other one. Node also reads
 * requests that claim to be HTTP/2.0 or 0.9.
 */
const hasValidHost = ({ headers: { host }, httpVersion, httpVersionMajor }: IncomingMessage) =>
  httpVersionMajor === 1 && (host === undefined ? httpVersion === "1.0" : validHost.test(host))

/**
 * Only chunks, and none in HTTP/1.0 (RFC 9112, section 6.1): a proxy may have found the end of the body elsewhere, and
 * Node does not decode what else the list names.
 */
const hasValidFraming = ({ headers: { "transfer-encoding": coding }, httpVersion }: IncomingMessage) =>
  coding === undefined || (httpVersion !== "1.0" && coding.trim().toLowerCase() === "chunked")

/** A request that could not be parsed, so that its response and its log line are made like all others. */
const unparsed = (socket: Socket) => {
  const request = Object.assign(new IncomingMessage(socket), { method: "UNKNOWN", url: "" })
  const response = new ServerResponse(request)
  response.assignSocket(socket)
  response.once("finish", () => socket.destroySoon())
  return { request, response }
}

interface Options {
  readonly host: string
  readonly port: number
  /** How long a stop waits for requests in flight. */
  readonly shutdownTimeout: Duration.Duration
  readonly connections: ConnectionLimits
  /** Runs after a stop that cut off requests. */
  readonly onCutOff: (requests: number) => Effect.Effect<void>
}

const formatAddress = ({ address, family, port }: AddressInfo) =>
  `http://${family === "IPv6" ? `[${address}]` : address}:${port}`

/**
 * Serves requests on `node:http` until the scope closes. Then it accepts no more connections, every response ends its
 * connection, idle connections are closed after a moment, and what is unfinished after the timeout is cut off.
 */
export const serve = (listener: RequestListener, options: Options) =>
  Effect.gen(function* () {
    const { host, onCutOff, port, shutdownTimeout } = options
    const connections = yield* makeConnections(options.connections)
    let isStopping = false

    const onRequest = (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request
      if (!connections.beginRequest(socket, response)) {
        socket.destroy()
        return
      }
      const refusal = hasValidHost(request) && hasValidFraming(request) ? undefined : new BadRequest({})
      if (isStopping || refusal !== undefined) response.shouldKeepAlive = false
      response.once("close", () => {
        connections.endRequest(request, response)
        if (!request.complete) answered.add(socket)
      })
      listener(request, response, refusal)
    }

    const broken = new WeakSet<Duplex>()
    /** The last request was answered before all of its body had arrived: what is wrong with the rest gets no response. */
    const answered = new WeakSet<Duplex>()
    /** A malformed request may follow requests in flight on its connection: their responses must be sent first, or none. */
    const onClientError = (error: NodeJS.ErrnoException, stream: Duplex) => {
      const socket = stream as Socket
      const last = connections.open.get(socket)?.responses.at(-1)
      // A stream may go on for hours.
      const isStreaming = last?.headersSent === true && !last.writableEnded
      const isAnswered = last === undefined && answered.has(socket)
      if (isStreaming || isAnswered || !socket.writable || hasLeft(error)) socket.destroy()
      // Node tries to parse everything that arrives.
      if (socket.destroyed || broken.has(socket)) return
      broken.add(socket)
      const refusal = errorFor(error.code)
      if (last === undefined) {
        const { request, response } = unparsed(socket)
        listener(request, response, refusal)
      } else {
        last.shouldKeepAlive = false
        last.once("close", () => socket.destroySoon())
        if (!last.headersSent && !last.req.complete) last.emit(refuseEvent, refusal)
      }
    }

    const server = createServer(limits, onRequest)
    // Node drops the headers after the 2,000th: a condition, or what a proxy appends. `maxHeaderSize` limits all of them.
    server.maxHeadersCount = 0
    // Without these two, Node would send "100 Continue" before the token is checked, and 417 without a body.
    server.on("checkContinue", onRequest)
    server.on("checkExpectation", onRequest)
    server.on("clientError", onClientError)
    // Without a listener Node closes the connection. A listener has to handle the errors and the end of the socket.
    server.on("connect", (_, socket) => {
      socket.on("error", () => {}).once("finish", () => socket.destroy())
      onClientError(new Error("CONNECT is for proxies"), socket)
    })
    const [serveConnection] = server.listeners("connection") as [(socket: Socket) => void]
    server.removeAllListeners("connection").on("connection", (socket: Socket) => {
      // A refused connection gets no parser and no response: that is the cheapest.
      if (connections.admit(socket)) serveConnection.call(server, socket)
      else socket.resetAndDestroy()
    })
    server.maxConnections = options.connections.total
    server.on("drop", () => {
      connections.refuseAboveTotal()
      server.closeIdleConnections()
    })

    const stop = Effect.callback<number>((resume) => {
      let cutOffRequests = 0
      isStopping = true
      for (const response of connections.unfinished()) response.shouldKeepAlive = false
      const idleFrom = performance.now() + drainDelay
      const closeIdle = setInterval(() => {
        if (performance.now() < idleFrom) return
        server.closeIdleConnections()
        // A socket that never sent a byte is not idle to Node.
        for (const socket of connections.open.keys()) if (socket.bytesRead === 0) socket.destroy()
      }, 50)
      const cutOff = setTimeout(() => {
        const unfinished = connections.unfinished()
        cutOffRequests = unfinished.length
        for (const response of unfinished) response.destroy(new CutOff())
        server.closeAllConnections()
      }, Duration.toMillis(shutdownTimeout))
      // The method of http.Server would close idle connections at once.
      NetServer.prototype.close.call(server, () => {
        clearInterval(closeIdle)
        clearTimeout(cutOff)
        // Connections that were cut off are closed a moment later, and their requests are logged then.
        const resumeWhenClosed = () => {
          if (connections.open.size > 0) setImmediate(resumeWhenClosed)
          else resume(Effect.succeed(cutOffRequests))
        }
        resumeWhenClosed()
      })
    })

    yield* Effect.acquireRelease(
      Effect.callback<void, HttpServerError.ServeError>((resume) => {
        server.once("error", (cause) => resume(Effect.fail(new HttpServerError.ServeError({ cause }))))
        server.listen({ host, port, backlog }, () => resume(Effect.void))
      }),
      () => Effect.flatMap(stop, (requests) => (requests === 0 ? Effect.void : onCutOff(requests)))
    )
    return formatAddress(server.address() as AddressInfo)
  })
