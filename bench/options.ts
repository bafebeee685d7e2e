import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { algorithms } from "./accessTokens.ts"
import { implementations } from "./implementations.ts"
import { workloads } from "./workloads.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    turns: { type: "string", default: "100" },
    tasks: { type: "string", default: "1000000" },
    tokens: { type: "string", default: "HS256" },
    requests: { type: "string", default: "0" },
    compare: { type: "string" },
    pglite: { type: "boolean", default: false },
    rls: { type: "boolean", default: false },
    "token-verification": { type: "boolean", default: false },
    document: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false }
  }
})

const namesIn = (option: "only" | "tokens", known: ReadonlyArray<string>) => {
  const names = values[option].split(",").filter(Boolean)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`--${option} does not know ${unknown.join(", ")}, only ${known.join(", ")}`)
  return names
}

const only = namesIn(
  "only",
  [...implementations, ...workloads].map(({ name }) => name)
)
const tokens = namesIn("tokens", algorithms)

const selected = <T extends { readonly name: string }>(all: ReadonlyArray<T>) => {
  const found = all.filter(({ name }) => only.includes(name))
  return found.length > 0 ? found : all
}

const integer = (option: "turns" | "tasks" | "requests") => {
  if (!/^\d{1,8}$/.test(values[option])) throw new Error(`--${option} must be a whole number`)
  return Number(values[option])
}

const { smoke } = values
const turns = smoke ? 2 : integer("turns")

/** A smoke run measures everything once, so briefly that its figures mean nothing. */
export const options = {
  smoke,
  document: values.document,
  turns,
  latencyTurns: Math.ceil(turns / 5),
  warmUpRequests: smoke ? 100 : 20_000,
  tasks: smoke ? 10_000 : integer("tasks"),
  requests: smoke ? 1 : integer("requests"),
  starts: smoke ? 1 : 9,
  verifications: smoke ? 100 : 20_000,
  implementations: selected(implementations),
  workloads: selected(workloads),
  algorithms: algorithms.filter((one) => tokens.includes(one)),
  previous: values.compare === undefined ? undefined : resolve(values.compare),
  pglite: smoke || values.pglite,
  rls: smoke || values.rls,
  tokenVerification: smoke || values["token-verification"]
}
