// Where the processor time of a request goes: npm run bench:profile -- get list. See docs/performance.md.
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as Arena from "./arena.ts"
import { service } from "./contestants.ts"
import * as Identities from "./identities.ts"
import * as Measure from "./measure.ts"
import * as Stands from "./stands.ts"
import { workloads } from "./workloads.ts"

const [warmUp, seconds] = [5, 5]

interface Call {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

interface Profile {
  readonly nodes: ReadonlyArray<{ readonly id: number; readonly callFrame: Call }>
  readonly startTime: number
  readonly samples: ReadonlyArray<number>
  readonly timeDeltas: ReadonlyArray<number>
}

/** Above each module that it has taken in, esbuild writes where it was. */
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

const moduleOf = ({ functionName, lineNumber, url }: Call) => {
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

/** Time by what was at work, from one moment to another; V8's clock is that of `process.hrtime`. */
const timesBetween = ({ nodes, samples, startTime, timeDeltas }: Profile, from: number, to: number) => {
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

const profile = Effect.gen(function* () {
  const arena = yield* Arena.open({ tasks: 10_000, big: 1_000 })
  const identities = yield* Identities.make("HS256", yield* Effect.provide(Arena.users, arena.client))
  const [node = "", ...args] = service.command
  for (const workload of workloads.filter(({ name }) => process.argv.includes(name))) {
    const directory = mkdtempSync(join(tmpdir(), "effect-tasks-profile-"))
    const command = [node, "--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${directory}`, ...args]
    const measured = Effect.gen(function* () {
      const stand = yield* Stands.start({ ...service, command }, { ...identities.settings, DATABASE_URL: arena.url })
      yield* Measure.run(arena, identities, stand, workload, warmUp)
      const from = now()
      const { cpu, requests } = yield* Measure.run(arena, identities, stand, workload, seconds)
      const to = now()
      yield* Effect.promise(async () => {
        const exit = once(stand.child, "exit")
        stand.child.kill("SIGTERM")
        await exit
      })
      const [file = ""] = readdirSync(directory)
      const { functions, parts } = timesBetween(JSON.parse(readFileSync(join(directory, file), "utf8")), from, to)
      process.stdout.write(`\n${workload.title}: ${cpu.toFixed(0)} µs a request, profiled\n`)
      print("Microseconds a request, by part", parts, requests, 30)
      print("The same, by function", functions, requests, 60)
    })
    yield* measured.pipe(Effect.scoped, Effect.provide(arena.client))
    rmSync(directory, { recursive: true })
  }
})

NodeRuntime.runMain(Effect.scoped(profile))
