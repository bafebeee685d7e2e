import { assert, describe, it } from "@effect/vitest"
import { chart } from "../../bench/chart.ts"
import { placeInto } from "../../bench/document.ts"
import type { Figures } from "../../bench/measure.ts"
import { report } from "../../bench/report.ts"
import type { Raced, Results } from "../../bench/results.ts"
import { median, ratio, spread } from "../../bench/statistics.ts"
import { verdicts } from "../../bench/targets.ts"
import { requestsOf, workloads } from "../../bench/workloads.ts"

const figures: Figures = { requests: 9000, per_second: 3000, cpu: 300, busy: 1, p50: 1, p95: 2, p99: 3, errors: 0 }

const raced = (contestant: string, ...perSecond: ReadonlyArray<number>): Raced => ({
  tokens: "HS256",
  workload: "get",
  contestant,
  rounds: perSecond.map((per_second) => ({ ...figures, per_second }))
})

const results: Results = {
  machine: {
    processor: "A & B <fast>",
    cores: 2,
    memory_gb: 8,
    kernel: "6",
    node: "v24",
    postgres: "18",
    load: "wrk",
    placed: "apart",
    date: "2026-11-21"
  },
  rounds: 3,
  seconds: 1,
  tasks: 10,
  titles: { service: "This & that", fastify: "Fastify", get: "GET one" },
  races: [raced("service", 200, 150, 300), raced("fastify", 100, 100, 200)],
  memory: {},
  rates: [],
  users: [],
  growth: [],
  starts: []
}

describe("What a race has shown", () => {
  it("is told by the middle of the rounds and how far they lie apart", () => {
    assert.deepStrictEqual(median([3, 1, 2]), { median: 2, lowest: 1, highest: 3 })
    assert.strictEqual(median([4, 1, 2, 3]).median, 2.5)
    assert.strictEqual(spread(median([90, 100, 130])), 20)
  })

  it("compares rounds that were run together", () => {
    assert.deepStrictEqual(ratio([200, 150, 300], [100, 100, 200]), { median: 1.5, lowest: 1.5, highest: 2 })
  })

  it("meets a target or not, and is silent on what was not measured", () => {
    assert.deepStrictEqual(
      verdicts(results).map(({ isMet, measured }) => ({ isMet, measured })),
      [{ isMet: true, measured: "1.50" }]
    )
    const slower = { ...results, races: [raced("service", 149), raced("fastify", 100)] }
    assert.deepStrictEqual(
      verdicts(slower).map(({ isMet }) => isMet),
      [false]
    )
  })

  it("grows if the end of a million requests takes more memory than their second quarter", () => {
    const walk = (megabytes: (n: number) => number) =>
      verdicts({
        ...results,
        races: [],
        growth: Array.from({ length: 12 }, (_, n) => ({ requests: n * 100_000, megabytes: megabytes(n) }))
      }).map(({ isMet }) => isMet)
    assert.deepStrictEqual(
      walk((n) => (n === 0 ? 80 : 150 + (n % 2))),
      [true, true]
    )
    assert.deepStrictEqual(
      walk((n) => 100 + 5 * n),
      [true, false]
    )
    assert.deepStrictEqual(
      walk(() => 201),
      [false, true]
    )
  })

  it("takes the place of what the page told before, and leaves the rest of it", () => {
    const page = "# Page\n\n<!-- results -->\n\nold\n\n<!-- end of results -->\n\nEnd\n"
    const once = placeInto(page, report(results))
    assert.notInclude(once, "old")
    assert.include(once, "| GET one | 200 ±38 % | 100 ±50 % |")
    assert.isTrue(once.startsWith("# Page") && once.endsWith("End\n"))
    assert.strictEqual(placeInto(once, report(results)), once)
    assert.throws(() => placeInto("# Page", ""), "no <!-- results -->")
  })

  it("is drawn with a bar for each contestant in each panel", () => {
    const svg = chart(results)
    const count = (part: string) => svg.split(part).length - 1
    assert.strictEqual(count('class="spread"'), 4)
    assert.include(svg, "This &amp; that")
    assert.include(svg, "prefers-color-scheme: dark")
  })
})

describe("The requests of a workload", () => {
  it("name the version that the pass before has left", () => {
    const [change] = workloads.filter(({ name }) => name === "change")
    assert(change !== undefined)
    const targets = [
      { user_id: "a", id: "1", version: 1, word: "x" },
      { user_id: "b", id: "2", version: 5, word: "y" }
    ]
    const requests = requestsOf(change, { targets, deep: { key: "", id: "" } }, 4)
    assert.deepStrictEqual(
      requests.map(({ ifMatch, path }) => [path, ifMatch]),
      [
        ["/api/tasks/1", 1],
        ["/api/tasks/2", 5],
        ["/api/tasks/1", 2],
        ["/api/tasks/2", 6]
      ]
    )
  })
})
