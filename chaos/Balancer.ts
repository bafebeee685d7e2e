import { Agent, request } from "node:http"
import { Effect } from "effect"

/** What became of a request, as its client saw it. Times are in milliseconds. */
export interface Seen {
  readonly start: number
  readonly end: number
  /** Undefined where the connection ended without an answer. */
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  /** How many processes did not listen before this one did. */
  readonly refused: number
}

export interface Ask {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

type Outcome = Pick<Seen, "body" | "headers" | "status"> | "refused"

const cut: Outcome = { status: undefined, headers: {}, body: "" }

const send = (agent: Agent, url: string, { body, headers, method, path }: Ask) =>
  Effect.callback<Outcome>((resume) => {
    const fail = ({ code }: NodeJS.ErrnoException) => resume(Effect.succeed(code === "ECONNREFUSED" ? "refused" : cut))
    const text = body === undefined ? undefined : JSON.stringify(body)
    const asking = request(
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
    // Longer than any answer may take: whoever waits that long has none.
    asking.setTimeout(15_000, () => asking.destroy(new Error("silent")))
    asking.once("error", fail).end(text)
    return Effect.sync(() => asking.destroy())
  })

/**
 * A client behind a load balancer: its requests go to the processes in turn, over connections that are kept. Where
 * nobody listens it goes on to the next, as a balancer does; a request that was cut off is not sent again by itself.
 */
export const make = Effect.fnUntraced(function* (urls: ReadonlyArray<string>, turn: number) {
  const ways = yield* Effect.acquireRelease(
    Effect.sync(() => urls.map((url) => ({ url, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }))),
    (ways) =>
      Effect.sync(() => {
        for (const { agent } of ways) agent.destroy()
      })
  )
  let next = turn
  return Effect.fnUntraced(function* (ask: Ask) {
    const start = performance.now()
    for (let refused = 0; ; refused++) {
      const way = ways[next++ % ways.length]
      const outcome = way === undefined ? "refused" : yield* send(way.agent, way.url, ask)
      if (outcome !== "refused") return { ...outcome, start, end: performance.now(), refused } satisfies Seen
      if (refused % ways.length === ways.length - 1) yield* Effect.sleep("20 millis")
    }
  })
})

export type Balancer = Effect.Success<ReturnType<typeof make>>
