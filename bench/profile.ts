// CPU time of a request by part and by function, sampled by V8: npm run bench:profile -- get list. See docs/performance.md.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import type { Profiler } from "node:inspector"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import * as Database from "./database.ts"
import { service } from "./implementations.ts"
import { interleave, startServer } from "./interleaved.ts"
import { stop } from "./processes.ts"
import { workloads } from "./workloads.ts"

const run = { connections: 32, milliseconds: 5_000, turns: 1 }

/** esbuild writes a comment with the path above each module of the bundle. */
const modulesOf = (url: string) => {
  const modules: Array<string | undefined> = []
  let module: string | undefined
  for (const line of readFileSync(fileURLToPath(url), "utf8").split("\n")) {
    module = /^\/\/ (\S+\.[jt]s)$/.exec(line)?.[1] ?? module
    modules.push(module)
  }
  return modules
}

const read = new Map<string, ReadonlyArray<string | undefined>>()

const moduleOf = ({ functionName, lineNumber, url }: Profiler.Profile["nodes"][number]["callFrame"]) => {
  if (!url.startsWith("file:")) return url === "" ? functionName : url
  const modules = read.get(url) ?? modulesOf(url)
  read.set(url, modules)
  return modules[lineNumber] ?? url
}

const partOf = (module: string) => {
  const [, name, inside = ""] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?:dist\/)?(.*)/.exec(module) ?? []
  if (name === "effect") return `effect/${/^(internal\/)?(\w+)[-\w]*\//.exec(`${inside}/`)?.[2] ?? inside}`
  return name ?? module.replace(/^(node:)(internal\/)?(\w+).*/, "$1$3")
}

/** Microseconds by part and by function between two times. V8's clock is that of `process.hrtime`. */
const timesBetween = (
  { nodes, samples = [], startTime, timeDeltas = [] }: Profiler.Profile,
  from: number,
  to: number
) => {
  const calls = new Map(nodes.map(({ callFrame, id }) => [id, callFrame]))
  const parts = new Map<string, number>()
  const functions = new Map<string, number>()
  const add = (times: Map<string, number>, name: string, time: number) => times.set(name, (times.get(name) ?? 0) + time)
  let at = startTime
  samples.forEach((id, n) => {
    const time = timeDeltas[n + 1] ?? 0
    at += timeDeltas[n] ?? 0
    const call = calls.get(id)
    if (call === undefined || at < from || at > to || call.functionName === "(idle)") return
    const module = moduleOf(call)
    add(parts, partOf(module), time)
    add(functions, `${call.functionName || "(anonymous)"} ${module}:${call.lineNumber + 1}`, time)
  })
  return { parts, functions }
}

const print = (title: string, times: Map<string, number>, requests: number, most: number) => {
  const rows = [...times].sort(([, a], [, b]) => b - a).slice(0, most)
  const lines = rows.map(([name, time]) => `${(time / requests).toFixed(2).padStart(8)}  ${name}`)
  process.stdout.write(`\n${title}\n${lines.join("\n")}\n`)
}

const now = () => Number(process.hrtime.bigint() / 1000n)

const selected = workloads.filter(({ name }) => process.argv.length < 3 || process.argv.includes(name))

const profile = Effect.gen(function* () {
  const database = yield* Database.filled(yield* Database.start, 10_000)
  const tokens = yield* AccessTokens.make("HS256", database.users)
  const [node = "", ...args] = service.command
  for (const workload of selected) {
    const directory = mkdtempSync(join(tmpdir(), "effect-tasks-profile-"))
    const command = [node, "--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${directory}`, ...args]
    yield* Effect.scoped(
      Effect.gen(function* () {
        const server = yield* startServer({ ...service, command }, database, tokens)
        yield* interleave([server], workload, { ...run, warmUpRequests: 20_000 })
        const from = now()
        const [measured] = yield* interleave([server], workload, { ...run, warmUpRequests: 0 })
        const to = now()
        // V8 writes the profile when the process exits.
        yield* stop(server.child)
        const [file = ""] = readdirSync(directory)
        const { functions, parts } = timesBetween(JSON.parse(readFileSync(join(directory, file), "utf8")), from, to)
        const requests = measured?.requests ?? 0
        process.stdout.write(`\n${workload.title}: ${measured?.cpu[0]} µs per request, with the profiler\n`)
        print("Microseconds per request, by part", parts, requests, 30)
        print("Microseconds per request, by function", functions, requests, 60)
      })
    )
    rmSync(directory, { recursive: true })
  }
})

NodeRuntime.runMain(Effect.scoped(profile))
