import { Effect } from "effect"
import type { Algorithm } from "./accessTokens.ts"
import { fastify, service } from "./implementations.ts"
import { interleave, type Server } from "./interleaved.ts"
import { residentMemory } from "./machine.ts"
import { options } from "./options.ts"
import { type Comparison, type Figure, figureNames } from "./results.ts"
import { quartiles } from "./statistics.ts"
import { mix, mixAtFixedRate, mixAtFullLoad, type Workload } from "./workloads.ts"

export const progress = (text: string) => Effect.sync(() => void process.stderr.write(`${text}\n`))

/** All servers in turns of 0.1 s over 32 connections each. */
export const compareWorkload = Effect.fnUntraced(function* (
  tokens: Algorithm,
  servers: ReadonlyArray<Server>,
  workload: Workload
) {
  yield* progress(`${workload.title}, ${tokens}`)
  const { turns, warmUpRequests } = options
  const found = yield* interleave(servers, workload, { connections: 32, milliseconds: 100, turns, warmUpRequests })
  return found.map((measurement): Comparison => ({ tokens, workload: workload.name, ...measurement }))
})

/** The mix over 100 connections: at full load, then this service and Fastify at 60 % of Fastify's maximum rate. */
export const measureLatency = Effect.fnUntraced(function* (tokens: Algorithm, servers: ReadonlyArray<Server>) {
  yield* progress(mixAtFullLoad.title)
  const run = {
    connections: 100,
    milliseconds: 1000,
    turns: options.latencyTurns,
    warmUpRequests: options.warmUpRequests
  }
  const full = (yield* interleave(servers, mix, run)).map((one) => ({ tokens, workload: mixAtFullLoad.name, ...one }))
  const maximum = full.find(({ implementation }) => implementation === fastify.name)
  if (maximum === undefined) return full
  const rate = Math.round(0.6 * quartiles(maximum.rate).median)
  const compared = servers.filter(({ implementation }) => [service, fastify].includes(implementation))
  const paced = yield* interleave(compared, mix, { ...run, rate })
  return [...full, ...paced.map((one) => ({ tokens, workload: mixAtFixedRate.name, ...one }))]
})

/** Resident memory of all servers, then of this service while it answers more requests of the mix. */
export const measureMemory = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>) {
  const memory = (figure: string, { implementation, pid }: Server): Figure => ({
    figure,
    implementation: implementation.name,
    value: residentMemory(pid),
    unit: "MB"
  })
  const figures = servers.map((server) => memory(figureNames.memoryAfterMix, server))
  const ours = servers.find(({ implementation }) => implementation === service)
  if (ours === undefined || options.requests === 0) return figures
  yield* progress(`${options.requests} requests of the mix`)
  const run = { connections: 100, milliseconds: options.smoke ? 100 : 10_000, turns: 1, warmUpRequests: 0 }
  for (let requests = 0; requests < options.requests; ) {
    requests += (yield* interleave([ours], mix, run))[0]?.requests ?? 0
  }
  return [...figures, memory(figureNames.memoryLater, ours)]
})
