import { parseArgs } from "node:util"
import * as LargeDataset from "../test/support/LargeDataset.ts"
import { contestants } from "./contestants.ts"
import { workloads } from "./workloads.ts"

/** What is measured. */
export const measures = ["race", "rate", "users", "memory", "start"] as const

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    smoke: { type: "boolean", default: false },
    document: { type: "boolean", default: false }
  }
})

const only = values.only.split(",").filter(Boolean)
const known: ReadonlyArray<string> = [...contestants, ...workloads, ...measures.map((name) => ({ name }))].map(
  ({ name }) => name
)
const unknown = only.filter((name) => !known.includes(name))
if (unknown.length > 0) throw new Error(`--only does not know ${unknown.join(", ")}, but ${known.join(", ")}`)

/** Those that were named; all, where none of their kind was. */
const chosen = <T>(all: ReadonlyArray<T>, nameOf: (one: T) => string) => {
  const named = all.filter((one) => only.includes(nameOf(one)))
  return named.length > 0 ? named : all
}

const whole = (name: string, text: string) => {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`--${name} must be a whole number above 0`)
  return Number(text)
}

// One that reads and one that writes are enough to see that all parts run: whether all agree is asked of every workload.
const inSmoke = ["get", "create"]

export const options = {
  smoke: values.smoke,
  document: values.document,
  rounds: values.smoke ? 1 : whole("rounds", values.rounds),
  seconds: values.smoke ? 1 : whole("seconds", values.seconds),
  warmUp: values.smoke ? 0 : 5,
  size: values.smoke ? { tasks: 10_000, big: 1_000 } : LargeDataset.million,
  contestants: chosen(contestants, ({ name }) => name),
  workloads: chosen(
    values.smoke ? workloads.filter(({ name }) => inSmoke.includes(name)) : workloads,
    ({ name }) => name
  ),
  measures: new Set<string>(chosen(measures, (name) => name))
}
