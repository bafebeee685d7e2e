import { type Figure, figureNames, groupFigures, type PartResults, type Results, speedup, titleOf } from "./results.ts"
import { mixAtFixedRate, mixAtFullLoad } from "./workloads.ts"

export interface Target {
  readonly title: string
  readonly target: string
  readonly measured: string
  readonly isMet: boolean
}

/** How many times as fast as each implementation this service must be: by requests per second for the mix, else by CPU time. */
const speedups: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  fastify: { get: 2, list: 1.5, post: 1.5, "patch-if-match": 1.5, patch: 1.5, mix: 1.6 },
  "fastify-optimized": { get: 1.2, list: 1, post: 1, "patch-if-match": 1, patch: 1, mix: 1.1 },
  "node-http": { get: 0.75, list: 0.7, post: 0.7, "patch-if-match": 0.7, patch: 0.7, mix: 0.75 }
}

const speedupTargets = ([part, { comparisons = [] }]: readonly [string, PartResults]) =>
  comparisons.flatMap((peer): ReadonlyArray<Target> => {
    const isMix = peer.workload === "mix"
    const times = speedups[peer.implementation]?.[peer.workload]
    const found = speedup(comparisons, peer, isMix ? "rate" : "cpu")?.median
    if (times === undefined || found === undefined) return []
    return [
      {
        title: `${titleOf(peer.workload)}, ${part}, against ${titleOf(peer.implementation)}`,
        target: `at least ${times.toFixed(2)} times ${isMix ? "the requests per second" : "as fast by CPU time"}`,
        measured: found.toFixed(2),
        isMet: found >= times
      }
    ]
  })

const p99 = (workload: string) => `${titleOf(workload)}, p99`

/** The most that a figure of this service may be: a number, or so many times the same figure of an implementation. */
const limits: ReadonlyArray<readonly [figure: string, most: number, implementation?: string]> = [
  [p99(mixAtFullLoad.name), 1, "fastify"],
  [p99(mixAtFixedRate.name), 1, "fastify"],
  [figureNames.memoryAfterMix, 1, "fastify"],
  // Resident memory moves by a few percent without a trend.
  [figureNames.memoryGrowth, 5],
  [figureNames.bundleStart, 1 / 2, "previous"],
  [figureNames.firstPgliteStart, 2 / 3, "previous"],
  [figureNames.laterPgliteStart, 2 / 3, "previous"],
  [figureNames.pgliteMemory, 320],
  [figureNames.streamsMemory, 100]
]

const limitTargets = (figures: ReadonlyArray<Figure>) => {
  const groups = groupFigures(figures)
  return limits.flatMap(([figure, most, implementation]): ReadonlyArray<Target> => {
    const find = (name: string) => groups.find((one) => one.figure === figure && one.implementation === name)
    const ours = find("service")
    const limit = implementation === undefined ? most : most * (find(implementation)?.median ?? Number.NaN)
    if (ours === undefined || Number.isNaN(limit)) return []
    const reason = implementation === undefined ? "" : `, ${most.toFixed(2)} times that of ${titleOf(implementation)}`
    return [
      {
        title: figure,
        target: `at most ${limit.toFixed(0)} ${ours.unit}${reason}`,
        measured: `${ours.median.toFixed(0)} ${ours.unit}`,
        isMet: ours.median <= limit
      }
    ]
  })
}

/** Every target of which all figures were measured. */
export const targets = (results: Results): ReadonlyArray<Target> => {
  const latencies = (results.latency?.comparisons ?? []).map(
    (one): Figure => ({ ...one, figure: p99(one.workload), value: one.p99, unit: "ms" })
  )
  const figures = Object.values(results).flatMap(({ figures = [] }) => figures)
  return [...Object.entries(results).flatMap(speedupTargets), ...limitTargets([...latencies, ...figures])]
}
