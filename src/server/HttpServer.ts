import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type AddressInfo, Server as NetServer, type Socket } from "node:net"
import type { Duplex } from "node:stream"
import { Duration, Effect } from "effect"
import { HttpServerError } from "effect/http"
import { BadRequest, HeadersTooLarge, RequestTimeout } from "../api/errors/CommonErrors.ts"
import { type ConnectionLimits, makeConnections } from "./Connections.ts"
import type { HeaderList } from "./pipeline/Cors.ts"
import { encodeApiError, problemType, stringify } from "./pipeline/ErrorResponses.ts"
import type { RequestListener } from "./pipeline/Pipeline.ts"
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

/** The status line, headers and body of an error that is sent without the pipeline. */
const errorMessage = (error: BadRequest | HeadersTooLarge | RequestTimeout, common: HeaderList) => {
  const id = randomUUID()
  const encoded = encodeApiError(error)
  const text = encoded?.body._tag === "Json" ? stringify(problemType, encoded.body.value, id) : ""
  const headers = [
    ...["content-type", problemType, "content-length", String(Buffer.byteLength(text))],
    ...[...common, "x-request-id", id, "connection", "close"]
  ]
  return { status: error.status, title: error.title, headers, text }
}

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

/** Answers what Node could not parse as a request. There is no response object, so the bytes are written here. */
const answerClientError = (error: NodeJS.ErrnoException, socket: Duplex, common: HeaderList) => {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const { headers, status, text, title } = errorMessage(errorFor(error.code), common)
  let head = `HTTP/1.1 ${status} ${title}\r\ndate: ${new Date().toUTCString()}\r\n`
  for (let n = 0; n < headers.length; n += 2) head += `${headers[n]}: ${headers[n + 1]}\r\n`
  socket.end(`${head}\r\n${text}`)
}

interface Options {
  readonly host: string
  readonly port: number
  /** How long a stop waits for requests in flight. */
  readonly shutdownTimeout: Duration.Duration
  readonly connections: ConnectionLimits
  /** The headers of responses that the server itself sends. */
  readonly commonHeaders: HeaderList
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
    const { commonHeaders, host, onCutOff, port, shutdownTimeout } = options
    const connections = yield* makeConnections(options.connections)
    let isStopping = false

    const onRequest = (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request
      if (!connections.beginRequest(socket, response)) return socket.destroy()
      if (isStopping) response.shouldKeepAlive = false
      response.once("close", () => connections.endRequest(request, response))
      if (hasValidHost(request) && hasValidFraming(request)) return listener(request, response)
      const { headers, status, text } = errorMessage(new BadRequest({}), commonHeaders)
      return response.writeHead(status, headers).end(text)
    }

    const broken = new WeakSet<Duplex>()
    /** A malformed request may follow requests in flight on its connection: their responses must be sent first, or none. */
    const onClientError = (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (!socket.writable) return socket.destroy()
      // Node tries to parse everything that arrives.
      if (broken.has(socket)) return
      broken.add(socket)
      const responses = connections.open.get(socket as Socket)?.responses ?? []
      const [last, previous] = [responses.at(-1), responses.at(-2)]
      const answer = () => answerClientError(error, socket, commonHeaders)
      if (last === undefined) return answer()
      if (!(last.headersSent || last.req.complete))
        return previous === undefined ? answer() : previous.once("close", answer)
      // A stream may go on for hours.
      if (last.headersSent && !last.writableEnded) return socket.destroy()
      last.shouldKeepAlive = false
      return last.once("close", () => (socket as Socket).destroySoon())
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
        resume(Effect.succeed(cutOffRequests))
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
