import { randomUUID } from "node:crypto"
import { Agent, request } from "node:http"
import { Effect } from "effect"

export interface Load {
  /** The number of responses by status. */
  readonly statuses: Map<number, number>
  /** The ids of the tasks whose requests had no response, and why. */
  readonly unanswered: Map<string, string>
  /** The number of refused connections. */
  refused: number
}

/** Resolves with the status, or with the name of what kept it from coming. */
const post = (agent: Agent, url: string, token: string, id: string) =>
  Effect.callback<number | string>((resume) => {
    const fail = (error: NodeJS.ErrnoException) => resume(Effect.succeed(error.code ?? error.message))
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    request(`${url}/api/tasks`, { agent, method: "POST", headers }, (response) => {
      response.once("error", fail).resume()
      response.once("end", () => resume(Effect.succeed(response.statusCode ?? 0)))
    })
      .once("error", fail)
      .end(JSON.stringify({ id, title: "Under load" }))
  })

/** So many clients, each on a connection that it keeps while it may: they create one task after the other until the scope ends. */
export const start = Effect.fnUntraced(function* (url: string, token: string, clients: number) {
  const load: Load = { statuses: new Map(), unanswered: new Map(), refused: 0 }
  const client = Effect.gen(function* () {
    const agent = yield* Effect.acquireRelease(
      Effect.sync(() => new Agent({ keepAlive: true, maxSockets: 1 })),
      (agent) => Effect.sync(() => agent.destroy())
    )
    while (true) {
      const id = randomUUID()
      const outcome = yield* post(agent, url, token, id)
      if (typeof outcome === "number") load.statuses.set(outcome, (load.statuses.get(outcome) ?? 0) + 1)
      else if (outcome !== "ECONNREFUSED") load.unanswered.set(id, outcome)
      else {
        load.refused++
        yield* Effect.sleep("10 millis")
      }
    }
  })
  yield* Effect.forkScoped(
    Effect.all(
      Array.from({ length: clients }, () => Effect.scoped(client)),
      { concurrency: "unbounded" }
    )
  )
  return load
})
