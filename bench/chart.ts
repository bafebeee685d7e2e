import type { Measurement } from "./interleaved.ts"
import { titleOf } from "./results.ts"
import { type Quartiles, quartiles } from "./statistics.ts"

// Distinguishable by lightness as well as by hue, on light and on dark pages.
const colors: Readonly<Record<string, string>> = {
  service: "#e8590c",
  control: "#f7a97a",
  fastify: "#1971c2",
  "fastify-optimized": "#74b4e8",
  "node-http": "#868e96",
  fastapi: "#2f9e44"
}

const row = 14
const labelWidth = 150
const barWidth = 480
const width = labelWidth + barWidth + 60
const top = 60

const label = (x: number, y: number, text: string) =>
  `<text x="${x}" y="${y}">${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`

const bar = (y: number, { high, low, median }: Quartiles, maximum: number, color = "gray") => {
  const end = (value: number) => labelWidth + Math.round((Math.min(value, maximum) / maximum) * barWidth)
  return [
    `<rect x="${labelWidth}" y="${y}" width="${end(median) - labelWidth}" height="${row - 3}" fill="${color}"/>`,
    `<path class="range" d="M${end(low)} ${y + row / 2 - 1}H${end(high)}"/>`,
    label(end(high) + 4, y + row - 4, median.toFixed(0))
  ].join("")
}

/** CPU time per request as bars in SVG, one group for each workload. A thin line spans the quartiles. */
export const chart = (comparisons: ReadonlyArray<Measurement>) => {
  const names = [...new Set(comparisons.map(({ implementation }) => implementation))]
  const groups = [...Map.groupBy(comparisons, ({ workload }) => workload)]
  const groupHeight = (names.length + 1) * row
  // FastAPI's CPU time is ten times that of the others. Its bars are cut off, so that the others remain comparable.
  const scaled = comparisons.filter(({ implementation }) => implementation !== "fastapi")
  const maximum = Math.max(...scaled.map(({ cpu }) => quartiles(cpu).high))

  const legend = names.map((name, n) => {
    const [x, y] = [(n % 3) * (width / 3), 4 + Math.floor(n / 3) * 16]
    return `<rect x="${x}" y="${y}" width="10" height="10" fill="${colors[name]}"/>${label(x + 15, y + 9, titleOf(name))}`
  })
  const bars = groups.flatMap(([workload, group], n) => {
    const y = top + n * groupHeight
    return [
      label(0, y + row - 4, titleOf(workload)),
      ...group.map(({ cpu, implementation }, m) => bar(y + m * row, quartiles(cpu), maximum, colors[implementation]))
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + groups.length * groupHeight}" font-family="system-ui, sans-serif" font-size="11">`,
    "<style>text { fill: #212529 } .range { stroke: #212529 }",
    "@media (prefers-color-scheme: dark) { text { fill: #dee2e6 } .range { stroke: #dee2e6 } }</style>",
    ...legend,
    label(labelWidth, top - 8, "CPU time per request, µs (less is better)"),
    ...bars,
    "</svg>\n"
  ].join("\n")
}
