import type { Kind } from "./identities.ts"
import * as Results from "./results.ts"
import { type Median, median, spread } from "./statistics.ts"
import { verdicts } from "./targets.ts"

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 })

const withSpread = (value: Median, format = whole) =>
  `${format.format(value.median)}${value.lowest === value.highest ? "" : ` ±${whole.format(spread(value))} %`}`

/** A table in Markdown. What was not measured stays empty. */
const table = (heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | undefined>>) =>
  [heads, heads.map((_, n) => (n === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell ?? "").join(" | ")} |`)
    .join("\n")

/** Workloads down, contestants across. */
const raced = (results: Results.Results, tokens: Kind, show: (raced: Results.Raced) => string) => {
  const races = results.races.filter((raced) => raced.tokens === tokens)
  const contestants = Results.namesOf(races, "contestant")
  const cell = (workload: string, contestant: string) => {
    const found = Results.find(results, tokens, workload, contestant)
    return found && show(found)
  }
  return table(
    ["", ...contestants.map((name) => results.titles[name] ?? name)],
    Results.namesOf(races, "workload").map((workload) => [
      results.titles[workload],
      ...contestants.map((contestant) => cell(workload, contestant))
    ])
  )
}

const ratios = (results: Results.Results, tokens: Kind) => {
  const races = results.races.filter((raced) => raced.tokens === tokens)
  const others = Results.namesOf(races, "contestant").filter((name) => name !== "service")
  const cell = (workload: string, other: string) => {
    const times = Results.against(results, tokens, workload, other, "per_second")
    return times && withSpread(times, short)
  }
  return table(
    ["", ...others.map((name) => results.titles[name] ?? name)],
    Results.namesOf(races, "workload").map((workload) => [
      results.titles[workload],
      ...others.map((other) => cell(workload, other))
    ])
  )
}

const times = (rounds: Parameters<typeof Results.of>[0]) =>
  (["p50", "p95", "p99"] as const).map((name) => short.format(Results.of(rounds, name).median)).join(" / ")

const ofTokens = (results: Results.Results, tokens: Kind) => [
  `### ${tokens} tokens`,
  "Requests a second:",
  raced(results, tokens, (one) => withSpread(Results.figure(one, "per_second"))),
  "Microseconds of the server's processor for each request, and how much of the time it was at work:",
  raced(
    results,
    tokens,
    (one) =>
      `${withSpread(Results.figure(one, "cpu"))}, ${whole.format(Results.figure(one, "busy").median * 100)} % busy`
  ),
  "Milliseconds to an answer, at full load, p50 / p95 / p99:",
  raced(results, tokens, ({ rounds }) => times(rounds)),
  "Requests a second of this service as a multiple of the others':",
  ratios(results, tokens)
]

const others = (results: Results.Results) => [
  ...(results.rates.length === 0
    ? []
    : [
        "### At a fixed rate",
        "Milliseconds from when a request was due to its answer, p50 / p95 / p99:",
        table(
          ["", "Requests a second", "", "Milliseconds"],
          results.rates.map(({ contestant, rate, rounds, workload }) => [
            results.titles[workload],
            whole.format(rate),
            results.titles[contestant],
            times(rounds)
          ])
        )
      ]),
  ...(results.users.length === 0
    ? []
    : [
        "### A hundred users at once",
        "Each with a request under way all the time; milliseconds, p50 / p95 / p99:",
        table(
          ["", "Milliseconds"],
          results.users.map(({ rounds, workload }) => [results.titles[workload], times(rounds)])
        )
      ]),
  ...(Object.keys(results.memory).length === 0 ? [] : ["### Memory and start", memory(results)])
]

const memory = ({ growth, memory, starts, titles }: Results.Results) =>
  table(
    ["", ""],
    [
      ...Object.entries(memory).map(([name, megabytes]) => [
        `Resident after the races: ${titles[name]}`,
        `${whole.format(megabytes)} MB`
      ]),
      ...growth
        .filter((_, n) => n % Math.ceil(growth.length / 5) === 0 || n === growth.length - 1)
        .map(({ megabytes, requests }) => [
          `This service, ${whole.format(requests)} requests later`,
          `${whole.format(megabytes)} MB`
        ]),
      ...(starts.length === 0
        ? []
        : [["From the start of the process to the first answer", `${withSpread(median(starts))} ms`]])
    ]
  )

const targets = (results: Results.Results) => {
  const all = verdicts(results)
  if (all.length === 0) return []
  return [
    "### Targets",
    table(
      ["", "Target", "Measured", "Met"],
      all.map(({ about, isMet, measured, target }) => [about, target, measured, isMet ? "yes" : "**no**"])
    )
  ]
}

/** What a run has found out, as Markdown. */
export const report = (results: Results.Results) => {
  const { machine } = results
  const races = (["HS256", "EdDSA"] as const).filter((kind) => results.races.some(({ tokens }) => tokens === kind))
  return [
    `${machine.date}: ${machine.processor}, ${machine.cores} cores, ${machine.memory_gb} GB, Linux ${machine.kernel}, ` +
      `Node ${machine.node}, PostgreSQL ${machine.postgres}, load from ${machine.load}; ${machine.placed}. ` +
      `${whole.format(results.tasks)} tasks of 1,000 users, medians of ${results.rounds} rounds of ${results.seconds} s, ` +
      "± half of the way from the lowest round to the highest.",
    ...targets(results),
    ...races.flatMap((tokens) => ofTokens(results, tokens)),
    ...others(results)
  ].join("\n\n")
}
