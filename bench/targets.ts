import * as Results from "./results.ts"
import { mixAtFixedRate, mixAtFullLoad } from "./workloads.ts"

export interface Target {
  readonly title: string
  readonly target: string
  readonly measured: string
  readonly isMet: boolean
}

/** How many times as fast as each implementation this service must be, by CPU time per request. */
const cpuTargets: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  fastify: { get: 2, list: 1.5, post: 1.5, "patch-if-match": 1.5, patch: 1.5 },
  "fastify-optimized": { get: 1.2, list: 1, post: 1, "patch-if-match": 1, patch: 1 },
  "node-http": { get: 0.75, list: 0.7, post: 0.7, "patch-if-match": 0.7, patch: 0.7 }
}

/** The same for the mix, by requests per second. */
const mixTargets: Readonly<Record<string, number>> = { fastify: 1.6, "fastify-optimized": 1.1, "node-http": 0.75 }

// Resident memory moves by a few percent without a trend.
const growthTolerance = 1.05
const pgliteMegabytes = 320
const bundleStartRatio = 1 / 2
const pgliteStartRatio = 2 / 3

const speedups = (results: Results.Results) =>
  results.comparisons.flatMap((peer): ReadonlyArray<Target> => {
    const isMix = peer.workload === "mix"
    const times = isMix ? mixTargets[peer.implementation] : cpuTargets[peer.implementation]?.[peer.workload]
    const found = Results.speedup(results, peer, isMix ? "rate" : "cpu")?.median
    if (times === undefined || found === undefined) return []
    return [
      {
        title: `${results.titles[peer.workload]}, ${peer.tokens}, against ${results.titles[peer.implementation]}`,
        target: `at least ${times.toFixed(2)} times ${isMix ? "the requests per second" : "as fast by CPU time"}`,
        measured: found.toFixed(2),
        isMet: found >= times
      }
    ]
  })

const atMost = (title: string, unit: string, measured: number | undefined, limit: number | undefined, why = "") =>
  measured === undefined || limit === undefined
    ? []
    : [
        {
          title,
          target: `at most ${limit.toFixed(0)} ${unit}${why}`,
          measured: `${measured.toFixed(0)} ${unit}`,
          isMet: measured <= limit
        }
      ]

const p99 = ({ comparisons, titles }: Results.Results, workload: string) => {
  const [ours, fastify] = ["service", "fastify"].map((name) =>
    comparisons.find((one) => one.workload === workload && one.implementation === name)
  )
  return atMost(`${titles[workload]}, p99`, "ms", ours?.p99, fastify?.p99, ", Fastify's")
}

/** Every target of which all figures were measured. */
export const targets = (results: Results.Results): ReadonlyArray<Target> => {
  const valueOf = (figure: string, implementation = "service") =>
    results.figures.findLast((one) => one.figure === figure && one.implementation === implementation)?.value
  const { bundleStart, firstPgliteStart, laterPgliteStart, memoryAfterMix, memoryLater, pgliteMemory } =
    Results.figureNames
  const memory = valueOf(memoryAfterMix)
  const start = (figure: string, ratio: number) => {
    const previous = valueOf(figure, "previous")
    const limit = previous === undefined ? undefined : previous * ratio
    return atMost(figure, "ms", valueOf(figure), limit, `, ${ratio.toFixed(2)} of the previous version's`)
  }
  return [
    ...speedups(results),
    ...p99(results, mixAtFullLoad.name),
    ...p99(results, mixAtFixedRate.name),
    ...atMost(memoryAfterMix, "MB", memory, valueOf(memoryAfterMix, "fastify"), ", Fastify's"),
    ...atMost(
      memoryLater,
      "MB",
      valueOf(memoryLater),
      memory && memory * growthTolerance,
      ", 5 % above that after the mix"
    ),
    ...start(bundleStart, bundleStartRatio),
    ...start(firstPgliteStart, pgliteStartRatio),
    ...start(laterPgliteStart, pgliteStartRatio),
    ...atMost(pgliteMemory, "MB", valueOf(pgliteMemory), pgliteMegabytes)
  ]
}
