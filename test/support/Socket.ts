import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { assert } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { until } from "./Process.ts"

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A TCP connection, for requests that no HTTP client would send. */
export interface RawConnection {
  readonly socket: Socket
  readonly send: (text: string) => Effect.Effect<void>
  /** Waits for the first complete response. A connection that ends without one is a defect. */
  readonly response: Effect.Effect<RawResponse>
  readonly closed: Effect.Effect<void>
  /** Whether the other side has ended the connection. */
  readonly isClosed: () => boolean
}

const parse = (bytes: string): RawResponse | undefined => {
  // "100 Continue" precedes the response.
  const received = bytes.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, "")
  const [head, body] = received.split("\r\n\r\n", 2)
  if (head === undefined || body === undefined) return undefined
  const [start, ...lines] = head.split("\r\n")
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(":", 1)[0]?.toLowerCase(), line.slice(line.indexOf(":") + 1).trim()])
  )
  if (Buffer.byteLength(body) < Number(headers["content-length"])) return undefined
  return { status: Number(start?.split(" ")[1]), headers, body }
}

/** Fails when the connection is refused. On Linux every address in 127.0.0.0/8 can be the local one. */
export const open = (
  url: string,
  localAddress = "127.0.0.1"
): Effect.Effect<RawConnection, NodeJS.ErrnoException, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<RawConnection, NodeJS.ErrnoException>((resume) => {
      const { hostname, port } = new URL(url)
      const socket = connect({ host: hostname, port: Number(port), localAddress })
      let received = ""
      let closed = false
      socket.setEncoding("utf8").on("data", (text: string) => {
        received += text
      })
      for (const event of ["end", "close"]) {
        socket.on(event, () => {
          closed = true
        })
      }
      socket.once("error", (cause) => resume(Effect.fail(cause)))
      // "close" follows every later one.
      socket.on("error", () => {})
      socket.once("connect", () => {
        // While no process listens, the kernel may choose that very port for this end, and connects the socket to itself.
        if (socket.localPort === socket.remotePort) {
          socket.destroy()
          return resume(Effect.fail(Object.assign(new Error("no process listens"), { code: "ECONNREFUSED" })))
        }
        resume(
          Effect.succeed({
            socket,
            send: (text) => Effect.sync(() => void socket.write(text)),
            response: Effect.gen(function* () {
              yield* until(() => closed || parse(received) !== undefined)
              const response = parse(received)
              return response ?? (yield* Effect.die(new Error(`closed after ${JSON.stringify(received)}`)))
            }),
            closed: until(() => closed),
            isClosed: () => closed
          })
        )
      })
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

/** Sends bytes over a new connection and waits for the response. */
export const sendRaw = (url: string, text: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* open(url)
      yield* connection.send(text)
      return yield* connection.response
    })
  )

/** Sends a text so often, or until the connection ends, no faster than the other side reads. */
export const sendRepeatedly = ({ isClosed, socket }: RawConnection, text: string, times: number) =>
  Effect.promise(async () => {
    for (let sent = 0; sent < times && socket.writable && !isClosed(); sent++) {
      if (socket.write(text)) continue
      const either = new AbortController()
      const { signal } = either
      await Promise.race([once(socket, "drain", { signal }), once(socket, "close", { signal })]).catch(() => {})
      // Removes the listeners for the other event, which would add up.
      either.abort()
    }
  })

/** The head of a request. */
export const requestHead = (line: string, headers: ReadonlyArray<string> = []) =>
  `${[`${line} HTTP/1.1`, "Host: localhost", ...headers].join("\r\n")}\r\n\r\n`

/** Checks that an error response has all that every error response must have. */
export const assertProblem = ({ body, headers, status }: RawResponse, expected: number, code: RegExp | string) => {
  assert.strictEqual(status, expected)
  assert.strictEqual(headers["content-type"], "application/problem+json")
  assert.strictEqual(headers["cache-control"], "no-store")
  assert.strictEqual(headers["x-content-type-options"], "nosniff")
  const problem = JSON.parse(body)
  assert.containsAllKeys(problem, ["type", "title", "status", "detail", "code", "request_id"])
  assert.strictEqual(problem.status, status)
  assert.match(problem.code, typeof code === "string" ? new RegExp(`^${code}$`) : code)
  assert.match(problem.request_id, /^[0-9a-f-]{36}$/)
  assert.strictEqual(headers["x-request-id"], problem.request_id)
}
