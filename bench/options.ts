import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { implementations, isInstalled } from "./implementations.ts"
import { parts } from "./results.ts"
import { workloads } from "./workloads.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    turns: { type: "string", default: "100" },
    tasks: { type: "string", default: "1000000" },
    compare: { type: "string" },
    document: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false }
  }
})

const names: ReadonlyArray<string> = [...parts, ...implementations, ...workloads].map(({ name }) => name)
const unknown = positionals.filter((name) => !names.includes(name))
if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(", ")}. Known: ${names.join(", ")}`)

/** Those named on the command line, or all. */
const selected = <Named extends { readonly name: string }>(all: ReadonlyArray<Named>) => {
  const found = all.filter(({ name }) => positionals.includes(name))
  return found.length > 0 ? found : all
}

const integer = (option: "turns" | "tasks") => {
  if (!/^\d{1,8}$/.test(values[option])) throw new Error(`--${option} must be a whole number`)
  return Number(values[option])
}

const { compare, document, smoke } = values

/** A smoke run measures everything once, so briefly that its figures mean nothing. */
export const options = {
  parts: selected(parts),
  implementations: selected(implementations).filter(isInstalled),
  workloads: selected(workloads),
  document,
  smoke,
  turns: smoke ? 2 : integer("turns"),
  warmUpRequests: smoke ? 100 : 10_000,
  tasks: smoke ? 10_000 : integer("tasks"),
  memoryRequests: smoke ? 1 : 1_000_000,
  streams: smoke ? 50 : 5000,
  idleSeconds: smoke ? 0.5 : 30,
  starts: smoke ? 1 : 5,
  settling: smoke ? 0 : 3000,
  verifications: smoke ? 100 : 20_000,
  previous: compare === undefined ? [] : [resolve(compare)],
  /** This run, without names of local directories. */
  command: ["npm run bench --", ...process.argv.slice(2).filter((argument) => argument !== "--document")]
    .map((argument) => (argument === compare ? "<directory>" : argument))
    .join(" ")
}
