// Measures what idle streams of events cost one process: npm run bench:streams
import { Agent, request } from "node:http"
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import * as Database from "./database.ts"
import { service } from "./implementations.ts"
import { cpuSeconds, residentMemory } from "./machine.ts"
import * as Processes from "./processes.ts"

const streams = 5000
const streamsOfUser = 10
const idle = 30

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

/** Resolves at the first event of a stream, which then stays open. */
const open = (url: string, token: string) =>
  new Promise<void>((resolve, reject) => {
    const options = { agent, headers: { authorization: `Bearer ${token}` } }
    const outgoing = request(`${url}/api/events`, options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`))
      response.on("data", () => resolve())
    })
    outgoing.once("error", reject).end()
  })

/** Resident memory after a while without requests, and CPU time meanwhile. */
const rest = Effect.fnUntraced(function* (pid: number) {
  yield* Effect.sleep("5 seconds")
  const before = cpuSeconds(pid)
  yield* Effect.sleep(`${idle} seconds`)
  return { megabytes: residentMemory(pid), cpu: (100 * (cpuSeconds(pid) - before)) / idle }
})

const bench = Effect.gen(function* () {
  const database = yield* Database.filled(yield* Database.start, 10_000)
  const users = Array.from({ length: streams / streamsOfUser }, (_, n) => `user-${n}`)
  const tokens = yield* AccessTokens.make("HS256", users)
  const limits = { CONNECTIONS_MAX: "10000", CONNECTIONS_MAX_ADDRESS: "10000", EVENT_STREAMS_MAX: "10000" }
  const environment = { ...Processes.production, ...limits, ...database.environment, ...tokens.environment }
  const { pid, url } = yield* Processes.start(service, environment, "/health/ready")
  const without = yield* rest(pid)
  for (const user of users) {
    yield* Effect.promise(() =>
      Promise.all(Array.from({ length: streamsOfUser }, () => open(url, tokens.tokenOf(user))))
    )
  }
  const withStreams = yield* rest(pid)
  const growth = withStreams.megabytes - without.megabytes
  process.stdout.write(
    `${streams} idle streams: ${growth} MB more resident memory (${without.megabytes} to ${withStreams.megabytes} MB), ` +
      `CPU ${without.cpu.toFixed(1)} % to ${withStreams.cpu.toFixed(1)} % of a core\n`
  )
  agent.destroy()
  if (growth > 100) yield* Effect.die(new Error("the streams need more than 100 MB"))
})

NodeRuntime.runMain(Effect.scoped(bench))
