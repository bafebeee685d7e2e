import { Effect } from "effect"
import type { Algorithm } from "./accessTokens.ts"
import { fastify, service } from "./implementations.ts"
import { interleave, type Measurement, type Server, summary } from "./interleaved.ts"
import { residentMemory } from "./machine.ts"
import { options } from "./options.ts"
import type { Comparison, Latency } from "./results.ts"
import { ratios } from "./statistics.ts"
import { mix, type Workload } from "./workloads.ts"

export const progress = (text: string) => Effect.sync(() => void process.stderr.write(`${text}\n`))

/** All servers in turns of 0.1 s over 32 connections each. */
export const compareWorkload = Effect.fnUntraced(function* (
  tokens: Algorithm,
  servers: ReadonlyArray<Server>,
  workload: Workload
) {
  yield* progress(`${workload.title}, ${tokens}`)
  const { turns, warmUpSeconds } = options
  const found = yield* interleave(servers, workload, { connections: 32, milliseconds: 100, turns, warmUpSeconds })
  const ours = found[servers.findIndex(({ implementation }) => implementation === service)]
  const speedup = (peer: Measurement) =>
    ours === undefined || ours === peer
      ? {}
      : {
          service_speedup: {
            cpu: ratios(peer.cpuPerRequest, ours.cpuPerRequest),
            requests_per_second: ratios(ours.requestsPerSecond, peer.requestsPerSecond)
          }
        }
  return found.map(
    (measurement, n): Comparison => ({
      tokens,
      workload: workload.name,
      implementation: servers[n]?.implementation.name ?? "",
      ...summary(measurement),
      ...speedup(measurement)
    })
  )
})

/** The latency of the mix at full load, then of this service and Fastify at 60 % of Fastify's maximum rate. */
export const measureLatency = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>) {
  const run = {
    connections: 100,
    milliseconds: 1000,
    turns: options.latencyTurns,
    warmUpSeconds: options.warmUpSeconds
  }
  const measureAll = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>, rate?: number) {
    yield* progress(`Latency of the mix, ${rate === undefined ? "full load" : `${rate} requests per second`}`)
    const found = yield* interleave(servers, mix, { ...run, ...(rate !== undefined && { rate }) })
    return found.map(
      (measurement, n): Latency => ({
        implementation: servers[n]?.implementation.name ?? "",
        ...(rate !== undefined && { rate }),
        ...summary(measurement)
      })
    )
  })
  const full = yield* measureAll(servers)
  const maximum = full.find(({ implementation }) => implementation === fastify.name)
  if (maximum === undefined) return full
  const compared = servers.filter(({ implementation }) => [service, fastify].includes(implementation))
  return [...full, ...(yield* measureAll(compared, Math.round(0.6 * maximum.requests_per_second.median)))]
})

/** Resident memory while the service answers more requests of the mix. */
export const measureMemoryGrowth = Effect.fnUntraced(function* (server: Server | undefined) {
  const found: Array<{ requests: number; megabytes: number }> = []
  if (server === undefined) return found
  for (let requests = 0; requests < options.requests; ) {
    const run = { connections: 100, milliseconds: options.smoke ? 100 : 10_000, turns: 1, warmUpSeconds: 0 }
    const [measurement] = yield* interleave([server], mix, run)
    requests += measurement?.requests ?? 0
    found.push({ requests, megabytes: residentMemory(server.pid) })
    yield* progress(`Memory after ${requests} requests: ${residentMemory(server.pid)} MB`)
  }
  return found
})
