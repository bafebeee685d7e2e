import type { Algorithm } from "./accessTokens.ts"
import type { Measurement } from "./interleaved.ts"
import type { Machine } from "./machine.ts"
import type { Starts } from "./startup.ts"
import { ratios } from "./statistics.ts"
import type { Verification } from "./tokenVerification.ts"

/** One implementation at one workload. */
export interface Comparison extends Measurement {
  readonly tokens: Algorithm
  readonly workload: string
}

/** Latency of the mix over 100 connections: at full load, or at a rate of requests per second. */
export interface Latency extends Measurement {
  readonly target_rate?: number
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

/** How many times as fast this service is as another implementation, by CPU time per request or requests per second. */
export const speedup = ({ comparisons }: Results, peer: Comparison, field: "cpu" | "rate") => {
  const ours = comparisons.find(
    ({ implementation, tokens, workload }) =>
      implementation === "service" && tokens === peer.tokens && workload === peer.workload
  )
  if (ours === undefined) return undefined
  return field === "cpu" ? ratios(peer.cpu, ours.cpu) : ratios(ours.rate, peer.rate)
}

export const errors = ({ comparisons, latencies }: Results) =>
  [...comparisons, ...latencies].reduce((sum, { errors }) => sum + errors, 0)
