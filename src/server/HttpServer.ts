import { randomUUID } from "node:crypto"
import { createServer, IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { NodeHttpServer } from "@effect/platform-node"
import { Duration, Effect, Schema } from "effect"
import { BadRequest, HeadersTooLarge, NotReady, RequestTimeout } from "../api/errors/CommonErrors.ts"
import type { Config } from "../config/Config.ts"

// A request has 5 s for its headers and 15 s in all, looked at every second: with Node's defaults a
// few hundred clients that send a byte now and then hold as many sockets for minutes.
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 65_000,
  // Judged below, with a problem for an answer.
  requireHostHeader: false,
  // Two Authorization headers become one that is no token, rather than the first of them.
  joinDuplicateHeaders: true,
  // A request that offers another protocol (curl --http2 does) is answered as one that does not.
  shouldUpgradeCallback: () => false
}

// A request may be on its way over a connection that seems idle. In this time, in milliseconds, whoever uses
// his connections hears on an answer that they end; closed at once they would lose what was asked.
const lastRequests = 300

const problemFor = (code: string | undefined) => {
  const request_id = randomUUID()
  if (code === "HPE_HEADER_OVERFLOW") return new HeadersTooLarge({ request_id })
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new RequestTimeout({ request_id })
  return new BadRequest({ request_id })
}

const encode = Schema.encodeSync(Schema.Union([HeadersTooLarge, RequestTimeout, BadRequest]))
const encodeNotReady = Schema.encodeSync(NotReady)

/** What every answer says, the routes' and our own. */
type Headers = Readonly<Record<string, string>>

/** One host, or in HTTP/1.0 none (RFC 9112, 3.2): with two, whoever stands before us may have read the other one. */
const namesItsHost = ({ headers: { host }, httpVersion }: IncomingMessage) =>
  host === undefined ? httpVersion === "1.0" : !host.includes(",")

const answerBadRequest = (response: ServerResponse, common: Headers) => {
  const problem = new BadRequest({ request_id: randomUUID() })
  const body = JSON.stringify(encode(problem))
  response.shouldKeepAlive = false
  response.writeHead(problem.status, {
    ...common,
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "x-request-id": problem.request_id
  })
  response.end(body)
}

/** For the moment between the port and the routes: who comes then is told to come again, and does not wait for nobody. */
const answerNotReady = (response: ServerResponse, common: Headers) => {
  const problem = new NotReady({ request_id: randomUUID(), checks: { routes: { status: "failing" } } })
  response.writeHead(problem.status, {
    ...common,
    ...problem.headers,
    "content-type": "application/problem+json",
    "x-request-id": problem.request_id
  })
  response.end(JSON.stringify(encodeNotReady(problem)))
}

/** What Node could not read as a request gets a problem too, written by hand: there is no response to write to. */
const answerClientError = (error: NodeJS.ErrnoException, socket: Duplex, common: Headers) => {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const problem = encode(problemFor(error.code))
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(common).map(([name, value]) => `${name}: ${value}`),
    `X-Request-Id: ${problem.request_id}`,
    "Connection: close"
  ]
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`)
}

/** A server on `node:http`, whose own answers carry these headers. `drain` is to run before the routes are taken off it. */
export const make = ({ HOST, PORT, SHUTDOWN_TIMEOUT }: Config, common: Headers) => {
  const server = createServer(limits)
  const { emit } = server
  const closeIdleConnections = server.closeIdleConnections.bind(server)
  // Node does it the moment it stops to listen. While there is a drain, that is for the drain to do.
  server.closeIdleConnections = () => {
    if (!stopping) closeIdleConnections()
  }
  // Before any listener: each of them would answer.
  Object.assign(server, {
    emit: (event: string, ...values: ReadonlyArray<unknown>) => {
      const [request, response] = values
      if (request instanceof IncomingMessage && response instanceof ServerResponse && !namesItsHost(request)) {
        answerBadRequest(response, common)
        return true
      }
      return Reflect.apply(emit, server, [event, ...values])
    }
  })
  server.on("clientError", (error, socket) => answerClientError(error, socket, common))
  // Without a listener Node answers 417 by itself, with no body. What is expected may be passed over (RFC 9110, 10.1.1).
  server.on("checkExpectation", (request, response) => server.emit("request", request, response))

  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

  // What is in flight when the service stops was read long before; its answer must end the connection too.
  const unanswered = new Set<ServerResponse>()
  let cutRequests = 0
  let hasRoutes = false
  let stopping = false
  for (const event of ["request", "checkContinue"]) {
    server.on(event, (_request: IncomingMessage, response: ServerResponse) => {
      if (!hasRoutes) answerNotReady(response, common)
      if (stopping) response.shouldKeepAlive = false
      unanswered.add(response)
      response.once("close", () => unanswered.delete(response))
    })
  }

  // The next one to listen to requests is the router.
  server.on("newListener", (event) => {
    if (event === "request") hasRoutes = true
  })

  /**
   * From now on every answer ends its connection. Connections without a request get a moment: the next
   * one may be on its way, and would be lost with them. Then they are closed: a client that keeps its
   * socket warm would hold the process for the whole grace, and one that has not sent a byte yet is none
   * that Node calls idle. What is not finished at the end of the grace is cut off.
   */
  const drain = Effect.sync(() => {
    stopping = true
    for (const response of unanswered) response.shouldKeepAlive = false
    const from = performance.now() + lastRequests
    const sweep = setInterval(() => {
      if (performance.now() < from) return
      closeIdleConnections()
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    }, 50)
    const end = setTimeout(() => {
      cutRequests = unanswered.size
      server.closeAllConnections()
    }, Duration.toMillis(SHUTDOWN_TIMEOUT))
    server.once("close", () => {
      clearInterval(sweep)
      clearTimeout(end)
    })
  })

  return {
    layer: NodeHttpServer.layer(() => server, { host: HOST, port: PORT, gracefulShutdownTimeout: SHUTDOWN_TIMEOUT }),
    drain,
    /** Requests that were not answered when SHUTDOWN_TIMEOUT ended. */
    cutRequests: () => cutRequests,
    openConnections: () => sockets.size
  }
}
