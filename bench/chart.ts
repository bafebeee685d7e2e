import type { Kind } from "./identities.ts"
import * as Results from "./results.ts"
import type { Median } from "./statistics.ts"

// Told apart by light and dark as well as by hue, on a light page and on a dark one.
const colours: Readonly<Record<string, string>> = {
  service: "#e8590c",
  twin: "#f7a97a",
  fastify: "#1971c2",
  tuned: "#74b4e8",
  bare: "#868e96",
  fastapi: "#2f9e44"
}

const row = 14
const gap = 14
const names = 110
const bar = 300
const values = 60
const panel = bar + values
const width = names + 2 * panel

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const label = (x: number, y: number, text: string, more = "") =>
  `<text x="${x}" y="${y}" ${more}>${escape(text)}</text>`

const barOf = (x: number, y: number, value: Median, most: number, colour: string) => {
  const at = (amount: number) => Math.round((Math.min(amount, most) / most) * bar)
  const middle = y + row / 2 - 1
  return [
    `<rect x="${x}" y="${y}" width="${at(value.median)}" height="${row - 3}" fill="${colour}"/>`,
    `<path class="spread" d="M${x + at(value.lowest)} ${middle}H${x + at(value.highest)}"/>`,
    label(x + at(value.highest) + 4, y + row - 4, value.median.toLocaleString("en", { maximumFractionDigits: 0 }))
  ].join("")
}

/** A panel a figure, a group of bars a workload; the thin line goes from the lowest round to the highest. */
export const chart = (results: Results.Results, tokens: Kind = "HS256") => {
  const races = results.races.filter((raced) => raced.tokens === tokens)
  const workloads = Results.namesOf(races, "workload")
  const contestants = Results.namesOf(races, "contestant")
  const group = contestants.length * row + gap
  const top = 60
  // Beside what costs ten times as much, the differences of the others would not be seen: its bars end at the edge.
  const shown = contestants.length > 1 ? races.filter(({ contestant }) => contestant !== "fastapi") : races
  const highest = (figure: Results.Figure) => Math.max(...shown.map((raced) => Results.figure(raced, figure).highest))

  const legend = contestants.map((name, n) => {
    const x = (n % 3) * (width / 3)
    const y = 4 + Math.floor(n / 3) * 16
    return `<rect x="${x}" y="${y}" width="10" height="10" fill="${colours[name]}"/>${label(x + 15, y + 9, results.titles[name] ?? name)}`
  })
  const panels = (["per_second", "cpu"] as const).flatMap((figure, side) => {
    const x = names + side * panel
    const title = figure === "cpu" ? "Processor time per request, µs (less is better)" : "Requests per second"
    const bars = workloads.flatMap((workload, n) =>
      contestants.flatMap((contestant, turn) => {
        const raced = Results.find(results, tokens, workload, contestant)
        const y = top + n * group + turn * row
        const colour = colours[contestant] ?? "gray"
        return raced === undefined ? [] : [barOf(x, y, Results.figure(raced, figure), highest(figure), colour)]
      })
    )
    return [label(x, top - 8, title, 'class="title"'), ...bars]
  })
  const titles = workloads.map((workload, n) =>
    label(0, top + n * group + row - 4, results.titles[workload] ?? workload)
  )
  const height = top + workloads.length * group
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    "<style>text { fill: #212529 } .title { font-weight: 600 } .spread { stroke: #212529 }",
    "@media (prefers-color-scheme: dark) { text { fill: #dee2e6 } .spread { stroke: #dee2e6 } }</style>",
    ...legend,
    ...panels,
    ...titles,
    "</svg>\n"
  ].join("\n")
}
