import * as Results from "./results.ts"
import type { Starts } from "./startup.ts"

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

const isMeasured = (target: Target | undefined) => target !== undefined

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

const atMost = (title: string, unit: string, measured: number | undefined, limit: number | undefined, why: string) =>
  measured === undefined || limit === undefined
    ? undefined
    : {
        title,
        target: `at most ${limit.toFixed(0)} ${unit}${why}`,
        measured: `${measured.toFixed(0)} ${unit}`,
        isMet: measured <= limit
      }

const startOf = ({ starts }: Results.Results, kind: Starts["kind"], implementation: string) =>
  starts.find((one) => one.kind === kind && one.implementation === implementation)

const startTarget = (results: Results.Results, kind: Starts["kind"], ratio: number) => {
  const [ours, previous] = ["service", "previous"].map((name) => startOf(results, kind, name)?.milliseconds.median)
  const limit = previous === undefined ? undefined : previous * ratio
  return atMost(`First response, ${kind}`, "ms", ours, limit, `, ${ratio.toFixed(2)} of the previous version's`)
}

/** Every target of which all figures were measured. */
export const targets = (results: Results.Results): ReadonlyArray<Target> => {
  const { latencies, memory, memory_growth } = results
  const p99 = (title: string, isPaced: boolean) => {
    const rows = latencies.filter(({ target_rate }) => (target_rate !== undefined) === isPaced)
    const [ours, fastify] = ["service", "fastify"].map((name) => rows.find((one) => one.implementation === name)?.p99)
    return atMost(title, "ms", ours, fastify, ", Fastify's")
  }
  const grown = memory_growth.at(-1)
  return [
    ...speedups(results),
    p99("p99 of the mix at full load", false),
    p99("p99 of the mix at 60 % of Fastify's maximum rate", true),
    atMost("Resident memory after the mix", "MB", memory.service, memory.fastify, ", Fastify's"),
    atMost(
      `Resident memory ${grown?.requests.toLocaleString("en")} requests later`,
      "MB",
      grown?.megabytes,
      memory.service === undefined ? undefined : memory.service * growthTolerance,
      ", 5 % above that after the mix"
    ),
    startTarget(results, "bundle", bundleStartRatio),
    startTarget(results, "first start on PGlite", pgliteStartRatio),
    startTarget(results, "later start on PGlite", pgliteStartRatio),
    atMost(
      "Resident memory, later start on PGlite",
      "MB",
      startOf(results, "later start on PGlite", "service")?.megabytes.median,
      pgliteMegabytes,
      ""
    )
  ].filter(isMeasured)
}
