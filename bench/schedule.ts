import { Effect } from "effect"
import type { Algorithm } from "./accessTokens.ts"
import { fastify, service } from "./implementations.ts"
import { interleave, type Server } from "./interleaved.ts"
import { residentMemory } from "./machine.ts"
import { options } from "./options.ts"
import type { Comparison, Latency } from "./results.ts"
import { quartiles } from "./statistics.ts"
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
  return found.map((measurement): Comparison => ({ tokens, workload: workload.name, ...measurement }))
})

/** The latency of the mix at full load, then of this service and Fastify at 60 % of Fastify's maximum rate. */
export const measureLatency = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>) {
  yield* progress("Latency of the mix")
  const run = {
    connections: 100,
    milliseconds: 1000,
    turns: options.latencyTurns,
    warmUpSeconds: options.warmUpSeconds
  }
  const full: ReadonlyArray<Latency> = yield* interleave(servers, mix, run)
  const maximum = full.find(({ implementation }) => implementation === fastify.name)
  if (maximum === undefined) return full
  const target_rate = Math.round(0.6 * quartiles(maximum.rate).median)
  const compared = servers.filter(({ implementation }) => [service, fastify].includes(implementation))
  const paced = yield* interleave(compared, mix, { ...run, rate: target_rate })
  return [...full, ...paced.map((measurement) => ({ target_rate, ...measurement }))]
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
