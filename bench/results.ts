import type { Algorithm } from "./accessTokens.ts"
import type { Measurement } from "./interleaved.ts"
import type { Machine } from "./machine.ts"
import { ratios } from "./statistics.ts"

/** One implementation at one workload. */
export interface Comparison extends Measurement {
  readonly tokens: Algorithm
  readonly workload: string
}

/** A figure that is no part of the comparison in turns, such as a start time. */
export interface Figure {
  readonly figure: string
  readonly implementation: string
  readonly value: number
  readonly unit: "ms" | "MB" | "µs"
}

/** The content of results/latest.json. */
export interface Results {
  readonly machine: Machine
  readonly tasks: number
  readonly turns: number
  readonly titles: Readonly<Record<string, string>>
  readonly comparisons: ReadonlyArray<Comparison>
  readonly figures: ReadonlyArray<Figure>
}

/** Names of figures that have a target. */
export const figureNames = {
  memoryAfterMix: "Resident memory after the mix",
  memoryLater: "Resident memory after more requests",
  bundleStart: "First response of the bundle",
  firstPgliteStart: "First start on PGlite",
  laterPgliteStart: "Later start on PGlite",
  pgliteMemory: "Resident memory after a later start on PGlite"
} as const

/** How many times as fast this service is as another implementation, by CPU time per request or requests per second. */
export const speedup = ({ comparisons }: Results, peer: Comparison, field: "cpu" | "rate") => {
  const ours = comparisons.find(
    ({ implementation, tokens, workload }) =>
      implementation === "service" && tokens === peer.tokens && workload === peer.workload
  )
  if (ours === undefined) return undefined
  return field === "cpu" ? ratios(peer.cpu, ours.cpu) : ratios(ours.rate, peer.rate)
}

export const errors = ({ comparisons }: Results) => comparisons.reduce((sum, { errors }) => sum + errors, 0)
