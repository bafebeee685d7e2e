import { Effect } from "effect"
import type { AccessTokens } from "./accessTokens.ts"
import type { Database } from "./database.ts"
import type { Implementation } from "./implementations.ts"
import { type Load, makeClient, type Turn } from "./load.ts"
import * as Processes from "./processes.ts"
import { quantile } from "./statistics.ts"
import { serialize, type Workload } from "./workloads.ts"

/** A running implementation, the database that it uses and the tokens that it accepts. */
export interface Server extends Processes.Process {
  readonly database: Database
  readonly tokens: AccessTokens
}

export const startServer = Effect.fnUntraced(function* (
  implementation: Implementation,
  database: Database,
  tokens: AccessTokens
) {
  const environment = { ...Processes.production, ...tokens.environment, ...database.environment }
  return { ...(yield* Processes.start(implementation, environment)), database, tokens } satisfies Server
})

/** What one server did at one workload. */
export interface Measurement {
  readonly workload: string
  readonly implementation: string
  readonly requests: number
  /** Microseconds of CPU time per request, for each group of turns. */
  readonly cpu: ReadonlyArray<number>
  /** Requests per second, for each group of turns. */
  readonly rate: ReadonlyArray<number>
  /** Percentage of the time in which the server used its core. Well below 100, something else limited the rate. */
  readonly busy: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

// CPU time has steps of 10 ms, a tenth of a turn, so that single turns cannot be compared.
const turnsPerGroup = 5

export const measure = (workload: string, implementation: string, turns: ReadonlyArray<Turn>): Measurement => {
  const total = (field: Exclude<keyof Turn, "latencies">, some = turns) =>
    some.reduce((sum, turn) => sum + turn[field], 0)
  const groups = Array.from({ length: Math.ceil(turns.length / turnsPerGroup) }, (_, n) =>
    turns.slice(n * turnsPerGroup, (n + 1) * turnsPerGroup)
  )
  const latencies = Float64Array.from(turns.flatMap((turn) => turn.latencies)).sort()
  return {
    workload,
    implementation,
    requests: total("requests"),
    cpu: groups.map((group) => Math.round((total("cpuSeconds", group) / total("requests", group)) * 1e6)),
    rate: groups.map((group) => Math.round(total("requests", group) / total("seconds", group))),
    busy: Math.round((total("cpuSeconds") / total("seconds")) * 100),
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99)
  }
}

export interface Run extends Load {
  readonly warmUpRequests: number
  readonly turns: number
}

/**
 * Servers take turns, every other time in reverse order: a disturbance of the machine that lasts a second affects all
 * of them alike.
 */
export const interleave = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>, workload: Workload, run: Run) {
  const measurements = yield* Effect.promise(async () => {
    const clients = servers.map((server) => ({
      next: () => serialize(server.database.nextRequest(workload), server.tokens.tokenOf),
      name: server.implementation.name,
      turns: [] as Turn[],
      warmUpRequests: 0,
      ...makeClient(server, run.connections)
    }))
    // V8 compiles the code of a request only after thousands of them, and discards code that is not used for a minute or
    // two: so the warm-up is in turns as well.
    const cold = () => clients.filter((client) => client.warmUpRequests < run.warmUpRequests)
    for (let some = cold(); some.length > 0; some = cold()) {
      for (const client of some) {
        client.warmUpRequests += (await client.turn(client.next, { milliseconds: 200 })).requests
      }
    }
    for (let n = 0; n < run.turns; n++) {
      for (const { next, turn, turns } of n % 2 === 0 ? clients : clients.toReversed())
        turns.push(await turn(next, run))
    }
    for (const { close } of clients) close()
    return clients.map(({ name, turns }) => measure(workload.name, name, turns))
  })
  for (const { restore } of new Set(servers.map(({ database }) => database))) yield* restore
  return measurements
})
