import * as Implementations from "./implementations.ts"
import type { Measurement } from "./interleaved.ts"
import { quartiles, ratios } from "./statistics.ts"
import { mixAtFixedRate, mixAtFullLoad, workloads } from "./workloads.ts"

/** The parts of the benchmark, each a section of docs/performance.md. */
export const parts = [
  { name: "HS256", title: "Comparison with HS256 tokens" },
  { name: "EdDSA", title: "Comparison with EdDSA tokens" },
  { name: "latency", title: "Latency of the mix over 100 connections" },
  { name: "memory", title: "Memory" },
  { name: "start", title: "Start" },
  { name: "streams", title: "Idle streams of events" },
  { name: "rls", title: "Row-level security" },
  { name: "token-verification", title: "Token verification" }
] as const
export type Part = (typeof parts)[number]["name"]

/** One value that is no part of the comparison in turns, such as the time of one start. */
export interface Figure {
  readonly figure: string
  readonly implementation: string
  readonly value: number
  readonly unit: "ms" | "MB" | "µs" | "%"
}

/** What one part of the benchmark found. */
export interface Findings {
  readonly comparisons?: ReadonlyArray<Measurement>
  readonly figures?: ReadonlyArray<Figure>
}

/** The same, and how it was measured. */
export interface PartResults extends Findings {
  readonly command: string
  readonly machine: string
}

/** The content of results/latest.json. */
export type Results = { readonly [part in Part]?: PartResults }

const titled = [
  ...Implementations.implementations,
  Implementations.serviceWithRls,
  Implementations.previous(""),
  ...workloads,
  mixAtFullLoad,
  mixAtFixedRate
]

/** The title of an implementation or a workload. */
export const titleOf = (name: string) => titled.find((one) => one.name === name)?.title ?? name

/** Names of figures that have a target. */
export const figureNames = {
  memoryAfterMix: "Resident memory after the mix",
  memoryGrowth: "Growth of resident memory over 1,000,000 more requests",
  bundleStart: "First response of the bundle",
  firstPgliteStart: "First start on PGlite",
  laterPgliteStart: "Later start on PGlite",
  pgliteMemory: "Resident memory after a later start on PGlite",
  streamsMemory: "Resident memory for 5,000 idle streams"
} as const

/** The quartiles of all figures of the same name and implementation. */
export const groupFigures = (figures: ReadonlyArray<Figure>) =>
  [...Map.groupBy(figures, ({ figure, implementation }) => `${figure} ${implementation}`).values()].flatMap((group) =>
    group.slice(0, 1).map((first) => ({ ...first, ...quartiles(group.map(({ value }) => value)) }))
  )

/** How many times as fast this service is as another implementation, by CPU time per request or requests per second. */
export const speedup = (comparisons: ReadonlyArray<Measurement>, peer: Measurement, field: "cpu" | "rate") => {
  const ours = comparisons.find((one) => one.implementation === "service" && one.workload === peer.workload)
  if (ours === undefined) return undefined
  return field === "cpu" ? ratios(peer.cpu, ours.cpu) : ratios(ours.rate, peer.rate)
}
