// CPU time of a request by part and by function, sampled by V8: npm run bench:profile -- get list. See docs/performance.md.
import { readdirSync, readFileSync } from "node:fs"
import type { Profiler } from "node:inspector"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import * as Database from "./database.ts"
import { service } from "./implementations.ts"
import { interleave, startServer } from "./interleaved.ts"
import { stop, temporaryDirectory } from "./processes.ts"
import { type Workload, workloads } from "./workloads.ts"

const run = { connections: 32, milliseconds: 5_000, turns: 1 }

const files = new Map<string, ReadonlyArray<string>>()

/** The source file of a call. esbuild writes a comment with the path above each module of the bundle. */
const moduleOf = ({ functionName, lineNumber, url }: Profiler.Profile["nodes"][number]["callFrame"]) => {
  if (!url.startsWith("file:")) return url === "" ? functionName : url
  const lines = files.get(url) ?? readFileSync(fileURLToPath(url), "utf8").split("\n")
  files.set(url, lines)
  const above = lines.slice(0, lineNumber + 1)
  return above.findLast((line) => /^\/\/ \S+\.[jt]s$/.test(line))?.slice(3) ?? url
}

const partOf = (module: string) => {
  const [, name, inside = ""] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?:dist\/)?(.*)/.exec(module) ?? []
  if (name === "effect") return `effect/${/^(internal\/)?(\w+)[-\w]*\//.exec(`${inside}/`)?.[2] ?? inside}`
  return name ?? module.replace(/^(node:)(internal\/)?(\w+).*/, "$1$3")
}

/** The samples between two times, with their microseconds. V8's clock is that of `process.hrtime`. */
const samplesBetween = (profile: Profiler.Profile, from: number, to: number) => {
  const { nodes, samples = [], timeDeltas = [] } = profile
  const calls = new Map(
    nodes.map(({ callFrame, id }) => {
      const module = moduleOf(callFrame)
      const name = `${callFrame.functionName || "(anonymous)"} ${module}:${callFrame.lineNumber + 1}`
      return [id, { part: partOf(module), function: name }]
    })
  )
  let at = profile.startTime
  return samples.flatMap((id, n) => {
    at += timeDeltas[n] ?? 0
    const call = calls.get(id)
    if (call === undefined || at < from || at > to || call.part === "(idle)") return []
    return [{ ...call, time: timeDeltas[n + 1] ?? 0 }]
  })
}

const print = (samples: ReturnType<typeof samplesBetween>, by: "part" | "function", requests: number, most: number) => {
  const times = [...Map.groupBy(samples, (sample) => sample[by])].map(
    ([name, group]) => [name, group.reduce((sum, { time }) => sum + time, 0) / requests] as const
  )
  const rows = times.toSorted(([, a], [, b]) => b - a).slice(0, most)
  const lines = rows.map(([name, time]) => `${time.toFixed(2).padStart(8)}  ${name}`)
  process.stdout.write(`\nMicroseconds per request, by ${by}\n${lines.join("\n")}\n`)
}

const now = () => Number(process.hrtime.bigint() / 1000n)

const profileWorkload = Effect.fnUntraced(function* (database: Database.Database, workload: Workload) {
  const directory = yield* temporaryDirectory
  const tokens = yield* AccessTokens.make("HS256", database.users)
  const [node = "", ...args] = service.command
  const command = [node, "--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${directory}`, ...args]
  const server = yield* startServer({ ...service, command }, database, tokens)
  yield* interleave([server], workload, { ...run, warmUpRequests: 20_000 })
  const from = now()
  const [measured] = yield* interleave([server], workload, { ...run, warmUpRequests: 0 })
  const to = now()
  // V8 writes the profile when the process exits.
  yield* stop(server.child)
  const [file = ""] = readdirSync(directory)
  const samples = samplesBetween(JSON.parse(readFileSync(join(directory, file), "utf8")), from, to)
  const { cpu = [], requests = 0 } = measured ?? {}
  process.stdout.write(`\n${workload.title}: ${cpu[0]} µs per request, with the profiler\n`)
  print(samples, "part", requests, 30)
  print(samples, "function", requests, 60)
}, Effect.scoped)

const profile = Effect.gen(function* () {
  const database = yield* Database.filled(yield* Database.start, 10_000)
  const names = process.argv.slice(2)
  for (const workload of workloads.filter(({ name }) => names.length === 0 || names.includes(name))) {
    yield* profileWorkload(database, workload)
  }
})

NodeRuntime.runMain(Effect.scoped(profile))
