import * as Results from "./results.ts"
import { type Quartiles, quartiles } from "./statistics.ts"
import { targets } from "./targets.ts"

const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
const decimal = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 })

/** A table in Markdown. */
const table = (headers: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) =>
  [headers, headers.map((_, n) => (n === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")

const section = (title: string, rows: ReadonlyArray<unknown>, ...content: ReadonlyArray<string>) =>
  rows.length === 0 ? [] : [`### ${title}`, ...content]

const withRange = ({ high, low, median }: Quartiles) =>
  `${decimal.format(median)} (${decimal.format(low)} to ${decimal.format(high)})`

const median = (values: ReadonlyArray<number>) => integer.format(quartiles(values).median)

const percentiles = ({ p50, p95, p99 }: { readonly p50: number; readonly p95: number; readonly p99: number }) =>
  [p50, p95, p99].map((value) => decimal.format(value)).join(" / ")

/** Workloads down, implementations across. */
const grid = (
  results: Results.Results,
  comparisons: ReadonlyArray<Results.Comparison>,
  show: (comparison: Results.Comparison) => string | undefined
) => {
  const names = [...new Set(comparisons.map(({ implementation }) => implementation))]
  return table(
    ["", ...names.map((name) => results.titles[name] ?? name)],
    [...Map.groupBy(comparisons, ({ workload }) => workload)].map(([workload, row]) => [
      results.titles[workload] ?? workload,
      ...names.map((name) => row.flatMap((one) => (one.implementation === name ? (show(one) ?? "") : [])).join(""))
    ])
  )
}

const comparisonSections = (results: Results.Results) =>
  [...Map.groupBy(results.comparisons, ({ tokens }) => tokens)].flatMap(([tokens, rows]) => {
    const peers = rows.filter(({ implementation }) => implementation !== "service")
    const speedup = (field: "cpu" | "rate") => (peer: Results.Comparison) => {
      const found = Results.speedup(results, peer, field)
      return found && withRange(found)
    }
    return [
      `### Comparison with ${tokens} tokens`,
      "Microseconds of server CPU per request, and how much of the time the server used its core:",
      grid(results, rows, ({ busy, cpu }) => `${median(cpu)} (${busy} %)`),
      "How many times as fast this service is by CPU time, with quartiles:",
      grid(results, peers, speedup("cpu")),
      "Requests per second:",
      grid(results, rows, ({ rate }) => median(rate)),
      "How many times as many requests per second this service answers, with quartiles:",
      grid(results, peers, speedup("rate")),
      "Latency in milliseconds, p50 / p95 / p99:",
      grid(results, rows, percentiles)
    ]
  })

/** The results as Markdown. */
export const report = (results: Results.Results) => {
  const { latencies, machine, memory, memory_growth, starts, titles, token_verification } = results
  const title = (name: string) => titles[name] ?? name
  const checked = targets(results)
  return [
    `Measured on ${machine.date}: ${machine.processor}, ${machine.cores} cores, ${machine.memory_gb} GB, ` +
      `Linux ${machine.kernel}, Node ${machine.node}, PostgreSQL ${machine.postgres}. ` +
      `${machine.server_has_own_core ? "The server had a core of its own" : "All processes shared all cores"}. ` +
      `${integer.format(results.tasks)} tasks, ${results.turns} turns for each implementation and workload.`,
    ...section(
      "Targets",
      checked,
      table(
        ["", "Target", "Measured", "Met"],
        checked.map(({ isMet, measured, target, title }) => [title, target, measured, isMet ? "yes" : "**no**"])
      )
    ),
    ...comparisonSections(results),
    ...section(
      "Latency of the mix",
      latencies,
      "100 connections, milliseconds, p50 / p95 / p99:",
      table(
        ["", "Load", "Requests per second", "Latency"],
        latencies.map(({ implementation, rate, target_rate, ...times }) => [
          title(implementation),
          target_rate === undefined ? "full" : `${integer.format(target_rate)} per second`,
          median(rate),
          percentiles(times)
        ])
      )
    ),
    ...section(
      "Memory",
      Object.keys(memory),
      table(
        ["", "Resident MB"],
        [
          ...Object.entries(memory).map(([name, megabytes]) => [`${title(name)}, after the mix`, `${megabytes}`]),
          ...memory_growth.map(({ megabytes, requests }) => [
            `${title("service")}, ${integer.format(requests)} requests later`,
            `${megabytes}`
          ])
        ]
      )
    ),
    ...section(
      "Start",
      starts,
      table(
        ["", "Start", "First response, ms", "Resident MB"],
        starts.map(({ implementation, kind, megabytes, milliseconds }) => [
          title(implementation),
          kind,
          withRange(milliseconds),
          withRange(megabytes)
        ])
      )
    ),
    ...section(
      "Token verification",
      token_verification,
      "Microseconds, p50 / p99:",
      table(
        ["Algorithm", "First use", "From the cache"],
        token_verification.map(({ algorithm, cached, first }) => [
          algorithm,
          ...[first, cached].map(({ p50, p99 }) => `${decimal.format(p50)} / ${decimal.format(p99)}`)
        ])
      )
    )
  ].join("\n\n")
}

const begin = "<!-- generated by npm run bench -- --document -->"
const end = "<!-- end of the generated part -->"

/** Replaces the generated part of a page. */
export const replaceGenerated = (page: string, text: string) => {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page lacks the lines ${begin} and ${end}`)
  const chart = "![CPU time per request and requests per second](../bench/results/latest.svg)"
  return `${page.slice(0, from + begin.length)}\n\n${chart}\n\n${text}\n\n${page.slice(to)}`
}
