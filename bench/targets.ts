import * as Results from "./results.ts"
import { median } from "./statistics.ts"

export interface Verdict {
  readonly about: string
  readonly target: string
  readonly measured: string
  readonly isMet: boolean
}

const central = ["get", "list", "create", "mix"]

/** How many times as many requests a second as another. */
const faster = (results: Results.Results, other: string, times: number): ReadonlyArray<Verdict> =>
  central.flatMap((workload) => {
    const found = Results.against(results, "HS256", workload, other, "per_second")
    return found === undefined
      ? []
      : [
          {
            about: `${results.titles[workload]}, against ${results.titles[other]}`,
            target: `at least ${times} times the requests a second`,
            measured: found.median.toFixed(2),
            isMet: found.median >= times
          }
        ]
  })

const noLater = (results: Results.Results): ReadonlyArray<Verdict> =>
  central.flatMap((workload) => {
    const [ours, theirs] = ["service", "fastify"].map((name) =>
      results.rates.find((paced) => paced.workload === workload && paced.contestant === name)
    )
    if (ours === undefined || theirs === undefined) return []
    const [our, their] = [ours, theirs].map(({ rounds }) => Results.of(rounds, "p99").median)
    if (our === undefined || their === undefined) return []
    return [
      {
        about: `${results.titles[workload]}, p99 at ${ours.rate} a second`,
        target: `not above ${results.titles.fastify}'s`,
        measured: `${our.toFixed(1)} ms and ${their.toFixed(1)} ms`,
        isMet: our <= their
      }
    ]
  })

const prompt = ({ titles, users }: Results.Results): ReadonlyArray<Verdict> =>
  users.map(({ rounds, workload }) => {
    const { median } = Results.of(rounds, "p95")
    return {
      about: `${titles[workload]} by a hundred users at once, p95`,
      target: "below 20 ms",
      measured: `${median.toFixed(1)} ms`,
      isMet: median < 20
    }
  })

/** Memory that has warmed up in the first quarter of the requests may move, but not upwards: 5 % are its breath. */
const steady = ({ growth }: Results.Results): ReadonlyArray<Verdict> => {
  if (growth.length < 8) return []
  const quarter = Math.floor(growth.length / 4)
  const mean = (from: number, to: number) => {
    const part = growth.slice(from, to).map(({ megabytes }) => megabytes)
    return part.reduce((sum, one) => sum + one, 0) / part.length
  }
  const [early, late] = [mean(quarter, 2 * quarter), mean(-quarter, growth.length)]
  const most = Math.max(...growth.map(({ megabytes }) => megabytes))
  return [
    {
      about: "Resident memory over a million requests",
      target: "at most 200 MB",
      measured: `${most.toFixed(0)} MB`,
      isMet: most <= 200
    },
    {
      about: "The same in the last quarter against the second",
      target: "not growing",
      measured: `${late.toFixed(0)} MB and ${early.toFixed(0)} MB`,
      isMet: late <= early * 1.05
    }
  ]
}

const quick = ({ starts }: Results.Results): ReadonlyArray<Verdict> => {
  if (starts.length === 0) return []
  const { median: first } = median(starts)
  return [
    {
      about: "First answer after the start",
      target: "at most 300 ms",
      measured: `${first.toFixed(0)} ms`,
      isMet: first <= 300
    }
  ]
}

/** What is promised, and what was found: of what was measured, everything. */
export const verdicts = (results: Results.Results): ReadonlyArray<Verdict> => [
  ...faster(results, "fastify", 1.5),
  ...faster(results, "tuned", 0.85),
  ...faster(results, "fastapi", 10),
  ...noLater(results),
  ...prompt(results),
  ...steady(results),
  ...quick(results)
]
