import http, { Agent } from "node:http"
import { Effect } from "effect"

/** A request and its response as the client saw them. Times are in milliseconds. */
export interface Exchange {
  readonly start: number
  readonly end: number
  /** Undefined if the connection ended without a response. */
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  /** Connections that were refused before one was accepted. */
  readonly refused: number
}

export interface Request {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

type Outcome = Pick<Exchange, "body" | "headers" | "status"> | "refused"

const withoutResponse: Outcome = { status: undefined, headers: {}, body: "" }

const send = (agent: Agent, url: string, { body, headers, method, path }: Request) =>
  Effect.callback<Outcome>((resume) => {
    const fail = ({ code }: NodeJS.ErrnoException) =>
      resume(Effect.succeed(code === "ECONNREFUSED" ? "refused" : withoutResponse))
    const text = body === undefined ? undefined : JSON.stringify(body)
    const outgoing = http.request(
      url + path,
      { agent, method, headers: { ...headers, ...(text !== undefined && { "content-type": "application/json" }) } },
      (response) => {
        let received = ""
        response.setEncoding("utf8").on("data", (chunk: string) => {
          received += chunk
        })
        response.once("error", fail)
        response.once("end", () =>
          resume(Effect.succeed({ status: response.statusCode, headers: response.headers, body: received }))
        )
      }
    )
    // Longer than any response may take.
    outgoing.setTimeout(15_000, () => outgoing.destroy(new Error("timeout")))
    outgoing.once("error", fail).end(text)
    return Effect.sync(() => outgoing.destroy())
  })

/**
 * A client behind a load balancer, which sends requests to the processes in turn over keep-alive connections. After a
 * refused connection it tries the next process. It does not repeat a request that had no response.
 */
export const make = Effect.fnUntraced(function* (urls: ReadonlyArray<string>, turn: number) {
  const targets = yield* Effect.acquireRelease(
    Effect.sync(() => urls.map((url) => ({ url, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }))),
    (targets) =>
      Effect.sync(() => {
        for (const { agent } of targets) agent.destroy()
      })
  )
  let next = turn
  return Effect.fnUntraced(function* (request: Request) {
    const start = performance.now()
    for (let refused = 0; ; refused++) {
      const target = targets[next++ % targets.length]
      const outcome = target === undefined ? "refused" : yield* send(target.agent, target.url, request)
      if (outcome !== "refused") return { ...outcome, start, end: performance.now(), refused } satisfies Exchange
      if (refused % targets.length === targets.length - 1) yield* Effect.sleep("20 millis")
    }
  })
})

export type Balancer = Effect.Success<ReturnType<typeof make>>
