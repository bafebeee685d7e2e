import { Effect } from "effect"
import { fastify, service } from "./implementations.ts"
import { interleave, type Server } from "./interleaved.ts"
import { residentMemory } from "./machine.ts"
import { options } from "./options.ts"
import { type Figure, figureNames } from "./results.ts"
import { quartiles } from "./statistics.ts"
import { mix, mixAtFixedRate, mixAtFullLoad } from "./workloads.ts"

const { turns, warmUpRequests } = options

/** Every workload over 32 connections to each server. */
export const compareWorkloads = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>) {
  const run = { connections: 32, milliseconds: 100, turns, warmUpRequests }
  const comparisons = yield* Effect.forEach(options.workloads, (workload) => {
    process.stderr.write(`${workload.title}\n`)
    return interleave(servers, workload, run)
  })
  return { comparisons: comparisons.flat() }
})

/** The mix over 100 connections: at full load, then this service and Fastify at 60 % of Fastify's maximum rate. */
export const measureLatency = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>) {
  const run = { connections: 100, milliseconds: 1000, turns: Math.ceil(turns / 5), warmUpRequests }
  const full = yield* interleave(servers, mixAtFullLoad, run)
  const maximum = full.find(({ implementation }) => implementation === fastify.name)
  if (maximum === undefined) return { comparisons: full }
  const rate = Math.round(0.6 * quartiles(maximum.rate).median)
  const compared = servers.filter(({ implementation }) => [service, fastify].includes(implementation))
  return { comparisons: [...full, ...(yield* interleave(compared, mixAtFixedRate, { ...run, rate }))] }
})

/** Resident memory of all servers after the mix, then of this service after many more requests. */
export const measureMemory = Effect.fnUntraced(function* (servers: ReadonlyArray<Server>) {
  const run = { connections: 100, milliseconds: 100, turns, warmUpRequests }
  yield* interleave(servers, mix, run)
  const figures = servers.map(({ implementation, pid }): Figure => {
    const value = residentMemory(pid)
    return { figure: figureNames.memoryAfterMix, implementation: implementation.name, value, unit: "MB" }
  })
  const ours = servers.find(({ implementation }) => implementation === service)
  if (ours === undefined) return { figures }
  const before = residentMemory(ours.pid)
  yield* interleave([ours], mix, { ...run, warmUpRequests: options.memoryRequests })
  const after = residentMemory(ours.pid)
  const implementation = service.name
  figures.push(
    { figure: "Resident memory after 1,000,000 more requests", implementation, value: after, unit: "MB" },
    { figure: figureNames.memoryGrowth, implementation, value: 100 * (after / before - 1), unit: "%" }
  )
  return { figures }
})
