import type { Results } from "./results.ts"
import { type Quartiles, quartiles } from "./statistics.ts"

// Distinguishable by lightness as well as by hue, on light and on dark pages.
const colors: Readonly<Record<string, string>> = {
  service: "#e8590c",
  control: "#f7a97a",
  "service-rls": "#c2255c",
  fastify: "#1971c2",
  "fastify-optimized": "#74b4e8",
  "node-http": "#868e96",
  fastapi: "#2f9e44"
}

const row = 14
const gap = 14
const labelWidth = 150
const barWidth = 280
const panelWidth = barWidth + 60
const width = labelWidth + 2 * panelWidth
const top = 60

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const label = (x: number, y: number, text: string, attributes = "") =>
  `<text x="${x}" y="${y}" ${attributes}>${escape(text)}</text>`

const bar = (x: number, y: number, { high, low, median }: Quartiles, maximum: number, color: string) => {
  const length = (value: number) => Math.round((Math.min(value, maximum) / maximum) * barWidth)
  const middle = y + row / 2 - 1
  return [
    `<rect x="${x}" y="${y}" width="${length(median)}" height="${row - 3}" fill="${color}"/>`,
    `<path class="range" d="M${x + length(low)} ${middle}H${x + length(high)}"/>`,
    label(x + length(high) + 4, y + row - 4, median.toLocaleString("en", { maximumFractionDigits: 0 }))
  ].join("")
}

/** Two panels of bars as SVG, one group for each workload. A thin line spans the quartiles. */
export const chart = (results: Results) => {
  const tokens = results.comparisons[0]?.tokens ?? "HS256"
  const comparisons = results.comparisons.filter((one) => one.tokens === tokens)
  const workloads = [...new Set(comparisons.map(({ workload }) => workload))]
  const names = [...new Set(comparisons.map(({ implementation }) => implementation))]
  const groupHeight = names.length * row + gap
  // FastAPI's CPU time is ten times that of the others. Its bars are cut off, so that the others remain comparable.
  const scaled =
    names.length > 1 ? comparisons.filter(({ implementation }) => implementation !== "fastapi") : comparisons

  const legend = names.map((name, n) => {
    const [x, y] = [(n % 3) * (width / 3), 4 + Math.floor(n / 3) * 16]
    const square = `<rect x="${x}" y="${y}" width="10" height="10" fill="${colors[name]}"/>`
    return square + label(x + 15, y + 9, results.titles[name] ?? name)
  })
  const panels = (["cpu", "rate"] as const).flatMap((figure, panel) => {
    const x = labelWidth + panel * panelWidth
    const maximum = Math.max(...scaled.map((comparison) => quartiles(comparison[figure]).high))
    const title = figure === "cpu" ? "CPU time per request, µs (less is better)" : "Requests per second"
    const bars = workloads.flatMap((workload, group) =>
      names.flatMap((name, n) => {
        const found = comparisons.find((one) => one.workload === workload && one.implementation === name)
        const y = top + group * groupHeight + n * row
        return found === undefined ? [] : [bar(x, y, quartiles(found[figure]), maximum, colors[name] ?? "gray")]
      })
    )
    return [label(x, top - 8, title, 'class="title"'), ...bars]
  })
  const titles = workloads.map((workload, n) =>
    label(0, top + n * groupHeight + row - 4, results.titles[workload] ?? workload)
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + workloads.length * groupHeight}" font-family="system-ui, sans-serif" font-size="11">`,
    "<style>text { fill: #212529 } .title { font-weight: 600 } .range { stroke: #212529 }",
    "@media (prefers-color-scheme: dark) { text { fill: #dee2e6 } .range { stroke: #dee2e6 } }</style>",
    ...legend,
    ...panels,
    ...titles,
    "</svg>\n"
  ].join("\n")
}
