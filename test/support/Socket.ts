import { connect, type Socket } from "node:net"
import { assert } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { until } from "./Process.ts"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One connection, as bytes: for what no HTTP client would send. */
export interface Wire {
  readonly socket: Socket
  readonly send: (text: string) => Effect.Effect<void>
  /** Waits for the first whole answer. A connection that ends without one is a defect. */
  readonly answer: Effect.Effect<Answer>
  readonly closed: Effect.Effect<void>
  /** Whether the other side has ended the connection. */
  readonly isClosed: () => boolean
}

const parse = (bytes: string): Answer | undefined => {
  // "Go on" is not the answer yet.
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

/** Fails when the connection is refused. */
export const open = (url: string): Effect.Effect<Wire, NodeJS.ErrnoException, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Wire, NodeJS.ErrnoException>((resume) => {
      const { hostname, port } = new URL(url)
      const socket = connect({ host: hostname, port: Number(port) })
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
      // Later ones are told by "close".
      socket.on("error", () => {})
      socket.once("connect", () =>
        resume(
          Effect.succeed({
            socket,
            send: (text) => Effect.sync(() => void socket.write(text)),
            answer: Effect.gen(function* () {
              yield* until(() => closed || parse(received) !== undefined)
              const answer = parse(received)
              return answer ?? (yield* Effect.die(new Error(`closed after ${JSON.stringify(received)}`)))
            }),
            closed: until(() => closed),
            isClosed: () => closed
          })
        )
      )
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

/** Sends bytes over a connection of their own and waits for the answer. */
export const exchange = (url: string, text: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const wire = yield* open(url)
      yield* wire.send(text)
      return yield* wire.answer
    })
  )

/** The head of a request. */
export const head = (line: string, headers: ReadonlyArray<string> = []) =>
  `${[`${line} HTTP/1.1`, "Host: localhost", ...headers].join("\r\n")}\r\n\r\n`

/** What every answer from 400 up is, whoever wrote it. */
export const assertProblem = ({ body, headers, status }: Answer, expected: number, code: RegExp | string) => {
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
