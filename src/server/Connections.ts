import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Effect, Metric } from "effect"
import { gauge } from "../observability/Metrics.ts"
import { rateLimitAddress } from "./pipeline/ClientAddress.ts"
import { isPreflight } from "./pipeline/Cors.ts"

/** Pipelined requests per connection. Browsers and proxies do not pipeline. */
const maxPipelined = 32

/** Health checks and CORS preflights of an address per second, which the rate limits do not count. */
const maxFree = 50

/** Such requests and 429 responses of an address per second. Above it, new connections of the address are refused. */
const maxUseless = 100

/** How long a connection is not read, in milliseconds. */
const pause = 1_000

/** How often the log says that connections are refused, in milliseconds. */
const warningInterval = 60_000

const refused = Metric.counter("http_server_connections_refused_total", {
  description: "Connections closed at once: too many of the process, of the address, or of its rejected requests",
  incremental: true
})

export interface ConnectionLimits {
  /** Of one address. */
  readonly perAddress: number
  /** Of the process. */
  readonly total: number
  /** Whether the address is a proxy's, which carries many clients and is not limited. */
  readonly isProxy: (address: string) => boolean
}

interface Connection {
  /** Absent for a proxy. */
  readonly address: string | undefined
  /** Those that are not finished. */
  readonly responses: Array<ServerResponse>
}

const isFree = (request: IncomingMessage) => request.url?.startsWith("/health") === true || isPreflight(request)

const increment = (counts: Map<string, number>, key: string, by: number) => {
  const count = (counts.get(key) ?? 0) + by
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
  return count
}

const stopReading = (socket: Socket) => {
  if (socket.destroyed) return
  socket.pause()
  setTimeout(() => socket.resume(), pause).unref()
}

/**
 * The open connections of the server and their limits. Node accepts one connection each time it has handled what all
 * open ones sent, so an address with a thousand busy connections would keep all new clients waiting for seconds.
 */
export const makeConnections = Effect.fnUntraced(function* ({ isProxy, perAddress, total }: ConnectionLimits) {
  const open = new Map<Socket, Connection>()
  const openByAddress = new Map<string, number>()
  /** By address, in the current second: rejected requests, health checks and preflights. */
  const useless = new Map<string, number>()
  let second = 0
  const context = yield* Effect.context<never>()
  let warnedAt = Number.NEGATIVE_INFINITY

  refused.updateUnsafe(0, context)
  yield* gauge("http_server_connections", "Open connections", () => open.size)

  const refuse = (reason: string) => {
    refused.updateUnsafe(1, context)
    const now = performance.now()
    if (now - warnedAt < warningInterval) return
    warnedAt = now
    Effect.runForkWith(context)(Effect.logWarning(`refused connections: ${reason}`))
  }

  const startSecond = () => {
    const now = Math.floor(performance.now() / 1000)
    if (now === second) return
    second = now
    useless.clear()
  }

  const isAllowed = (address: string) => {
    startSecond()
    if ((openByAddress.get(address) ?? 0) >= perAddress) {
      refuse(`an address has more than ${perAddress} (CONNECTIONS_MAX_ADDRESS)`)
      return false
    }
    if ((useless.get(address) ?? 0) > maxUseless) {
      refuse("an address goes on sending requests beyond its rate limit")
      return false
    }
    return true
  }

  /** Closes what an address has sent but was not read yet, and refuses the address for the rest of the second. */
  const closeAll = (address: string) => {
    startSecond()
    useless.set(address, Number.POSITIVE_INFINITY)
    for (const [socket, connection] of open) if (connection.address === address) socket.destroy()
  }

  return {
    open,
    /** False for a connection that is to be closed. */
    admit: (socket: Socket) => {
      const { remoteAddress } = socket
      // The client has gone already.
      if (remoteAddress === undefined) return false
      const address = isProxy(remoteAddress) ? undefined : rateLimitAddress(remoteAddress)
      open.set(socket, { address, responses: [] })
      socket.once("close", () => open.delete(socket))
      if (address === undefined) return true
      if (!isAllowed(address)) return false
      increment(openByAddress, address, 1)
      socket.once("close", () => increment(openByAddress, address, -1))
      return true
    },
    /** The responses that are not finished. */
    unfinished: () => [...open.values()].flatMap(({ responses }) => responses),
    refuseAboveTotal: () => refuse(`the process has ${total} (CONNECTIONS_MAX)`),
    /** False if the client sends requests without end and waits for no response. */
    beginRequest: (socket: Socket, response: ServerResponse) => {
      const connection = open.get(socket)
      if (connection === undefined) return false
      if (connection.responses.push(response) <= maxPipelined) return true
      if (connection.address !== undefined) closeAll(connection.address)
      return false
    },
    /**
     * Ends a request. A connection is not read for a moment after a 429 and after too many health checks or preflights:
     * otherwise rejecting them would take all time of the process.
     */
    endRequest: (request: IncomingMessage, response: ServerResponse) => {
      const connection = open.get(request.socket)
      if (connection === undefined) return
      connection.responses.splice(connection.responses.indexOf(response), 1)
      const isRejected = response.statusCode === 429
      if (connection.address === undefined || !(isRejected || isFree(request))) return
      startSecond()
      const count = increment(useless, connection.address, 1)
      // Only then does Node wait for the next request.
      if (isRejected || count > maxFree) setImmediate(stopReading, request.socket)
    }
  }
})
