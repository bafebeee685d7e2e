import type { Algorithm } from "./accessTokens.ts"
import type { Summary } from "./interleaved.ts"
import type { Machine } from "./machine.ts"
import type { Starts } from "./startup.ts"
import type { Quartiles } from "./statistics.ts"
import type { Verification } from "./tokenVerification.ts"

/** One implementation at one workload. */
export interface Comparison extends Summary {
  readonly tokens: Algorithm
  readonly workload: string
  readonly implementation: string
  /** How many times as fast this service is, by CPU time per request and by requests per second. */
  readonly service_speedup?: { readonly cpu: Quartiles; readonly requests_per_second: Quartiles }
}

/** Latency of the mix over 100 connections, at full load or at a rate. */
export interface Latency extends Summary {
  readonly implementation: string
  readonly rate?: number
}

/** The content of results/latest.json. Lists of what was not measured are empty. */
export interface Results {
  readonly machine: Machine
  readonly tasks: number
  readonly turns: number
  readonly titles: Readonly<Record<string, string>>
  readonly comparisons: ReadonlyArray<Comparison>
  readonly latencies: ReadonlyArray<Latency>
  /** Resident megabytes after the mix at full load. */
  readonly memory: Readonly<Record<string, number>>
  /** Resident megabytes of this service after more requests of the mix. */
  readonly memory_growth: ReadonlyArray<{ readonly requests: number; readonly megabytes: number }>
  readonly starts: ReadonlyArray<Starts>
  readonly token_verification: ReadonlyArray<Verification>
}

export const find = (results: Results, tokens: Algorithm, workload: string, implementation: string) =>
  results.comparisons.find(
    (one) => one.tokens === tokens && one.workload === workload && one.implementation === implementation
  )

export const latencyOf = (results: Results, implementation: string, kind: "full load" | "rate") =>
  results.latencies.find(
    (one) => one.implementation === implementation && (one.rate === undefined) === (kind === "full load")
  )

export const errors = ({ comparisons, latencies }: Results) =>
  [...comparisons, ...latencies].reduce((sum, { errors }) => sum + errors, 0)
