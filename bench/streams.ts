import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import type { Database } from "./database.ts"
import { service } from "./implementations.ts"
import { cpuSeconds, residentMemory } from "./machine.ts"
import { options } from "./options.ts"
import * as Processes from "./processes.ts"
import { type Figure, figureNames } from "./results.ts"

const streamsOfUser = 10

const limits = { CONNECTIONS_MAX: "10000", CONNECTIONS_MAX_ADDRESS: "10000", EVENT_STREAMS_MAX: "10000" }

// The garbage collector closes the stream of a reader that it finds.
const readers: Array<unknown> = []

/** Reads the first event of a stream, which then stays open. */
const open = async (url: string, token: string, signal: AbortSignal) => {
  const response = await fetch(`${url}/api/events`, { headers: { authorization: `Bearer ${token}` }, signal })
  if (!response.ok) throw new Error(`status ${response.status}`)
  const reader = response.body?.getReader()
  await reader?.read()
  readers.push(reader)
}

/** Resident memory after a while without requests, and CPU time meanwhile. */
const rest = Effect.fnUntraced(function* (pid: number) {
  const seconds = options.idleSeconds
  yield* Effect.sleep(`${seconds / 6} seconds`)
  const before = cpuSeconds(pid)
  yield* Effect.sleep(`${seconds} seconds`)
  return { memory: residentMemory(pid), cpu: (100 * (cpuSeconds(pid) - before)) / seconds }
})

/** What idle streams of events cost one process. */
export const measureStreams = Effect.fnUntraced(function* (database: Database) {
  const users = Array.from({ length: options.streams / streamsOfUser }, (_, n) => `user-${n}`)
  const tokens = yield* AccessTokens.make("HS256", users)
  const environment = { ...Processes.production, ...limits, ...database.environment, ...tokens.environment }
  const { pid, url } = yield* Processes.start(service, environment, "/health/ready")
  const without = yield* rest(pid)
  const closing = new AbortController()
  for (const user of users) {
    const opened = Array.from({ length: streamsOfUser }, () => open(url, tokens.tokenOf(user), closing.signal))
    yield* Effect.promise(() => Promise.all(opened))
  }
  const withStreams = yield* rest(pid)
  closing.abort()
  const implementation = service.name
  const figures: ReadonlyArray<Figure> = [
    { figure: figureNames.streamsMemory, implementation, value: withStreams.memory - without.memory, unit: "MB" },
    { figure: "Use of a core without streams", implementation, value: without.cpu, unit: "%" },
    { figure: "Use of a core with 5,000 idle streams", implementation, value: withStreams.cpu, unit: "%" }
  ]
  return { figures }
})
