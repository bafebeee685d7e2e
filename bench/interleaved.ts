import { Effect } from "effect"
import type { AccessTokens } from "./accessTokens.ts"
import type { Database } from "./database.ts"
import type { Implementation } from "./implementations.ts"
import { type Load, makeClient, type Turn } from "./load.ts"
import * as Processes from "./processes.ts"
import { quantile, quartiles, sum } from "./statistics.ts"
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

/** What one server did in a run. */
export interface Measurement {
  readonly requests: number
  readonly errors: number
  /** One value for each group of turns. */
  readonly cpuPerRequest: ReadonlyArray<number>
  readonly requestsPerSecond: ReadonlyArray<number>
  /** Part of the time in which the server used its core. Well below 1, something else limited the requests per second. */
  readonly busy: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

// CPU time has steps of 10 ms, a tenth of a turn, so that single turns cannot be compared.
const turnsPerGroup = 5

const inGroups = (turns: ReadonlyArray<Turn>) =>
  Array.from({ length: Math.ceil(turns.length / turnsPerGroup) }, (_, n) =>
    turns.slice(n * turnsPerGroup, (n + 1) * turnsPerGroup)
  )

const total = (turns: ReadonlyArray<Turn>, field: "requests" | "errors" | "seconds" | "cpuSeconds") =>
  sum(turns.map((turn) => turn[field]))

export const measure = (turns: ReadonlyArray<Turn>): Measurement => {
  const groups = inGroups(turns)
  const latencies = Float64Array.from(turns.flatMap((turn) => turn.latencies)).sort()
  return {
    requests: total(turns, "requests"),
    errors: total(turns, "errors"),
    cpuPerRequest: groups.map((group) => (total(group, "cpuSeconds") / total(group, "requests")) * 1e6),
    requestsPerSecond: groups.map((group) => total(group, "requests") / total(group, "seconds")),
    busy: total(turns, "cpuSeconds") / total(turns, "seconds"),
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99)
  }
}

export interface Run extends Load {
  readonly warmUpSeconds: number
  readonly turns: number
}

/**
 * Servers take turns, every other time in reverse order: a disturbance of the machine that lasts a second affects all
 * of them alike.
 */
export const interleave = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>, workload: Workload, run: Run) {
  const turns = yield* Effect.promise(async () => {
    const clients = servers.map((server) => ({
      next: () => serialize(server.database.nextRequest(workload), server.tokens.tokenOf),
      turns: [] as Turn[],
      ...makeClient(server, run.connections)
    }))
    for (const { next, turn } of clients) {
      await turn(next, { milliseconds: run.warmUpSeconds * 1000 })
    }
    for (let n = 0; n < run.turns; n++) {
      for (const { next, turn, turns } of n % 2 === 0 ? clients : clients.toReversed())
        turns.push(await turn(next, run))
    }
    for (const { close } of clients) close()
    return clients.map(({ turns }) => turns)
  })
  if (workload.writes) for (const { restore } of new Set(servers.map(({ database }) => database))) yield* restore
  return turns.map(measure)
})

export const summary = ({ busy, cpuPerRequest, errors, p50, p95, p99, requests, requestsPerSecond }: Measurement) => ({
  requests,
  errors,
  cpu_us: quartiles(cpuPerRequest),
  requests_per_second: quartiles(requestsPerSecond),
  busy,
  p50,
  p95,
  p99
})
export type Summary = ReturnType<typeof summary>
