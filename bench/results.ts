import type { Kind } from "./identities.ts"
import type { Outcome } from "./load.ts"
import type { Machine } from "./machine.ts"
import type { Figures } from "./measure.ts"
import { type Median, median, ratio } from "./statistics.ts"

/** One contestant at one workload. */
export interface Raced {
  readonly tokens: Kind
  readonly workload: string
  readonly contestant: string
  readonly rounds: ReadonlyArray<Figures>
}

/** One contestant at a rate that both compared can keep. */
export interface Paced {
  readonly workload: string
  readonly contestant: string
  readonly rate: number
  readonly rounds: ReadonlyArray<Outcome>
}

/** Everything a run has found out. What was not measured is empty. Workloads and contestants by their names. */
export interface Results {
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
  readonly tasks: number
  readonly titles: Readonly<Record<string, string>>
  readonly races: ReadonlyArray<Raced>
  /** Resident megabytes after the races. */
  readonly memory: Readonly<Record<string, number>>
  readonly rates: ReadonlyArray<Paced>
  readonly users: ReadonlyArray<Omit<Raced, "tokens" | "contestant">>
  readonly growth: ReadonlyArray<{ readonly requests: number; readonly megabytes: number }>
  /** Milliseconds from the start of the process to its first answer. */
  readonly starts: ReadonlyArray<number>
}

export type Figure = "per_second" | "cpu" | "busy" | "p50" | "p95" | "p99"

export const of = (rounds: ReadonlyArray<Pick<Figures, "p50" | "p95" | "p99">>, figure: "p50" | "p95" | "p99") =>
  median(rounds.map((round) => round[figure]))

export const find = ({ races }: Results, tokens: Kind, workload: string, contestant: string) =>
  races.find((raced) => raced.tokens === tokens && raced.workload === workload && raced.contestant === contestant)

export const figure = (raced: Raced, figure: Figure): Median => median(raced.rounds.map((round) => round[figure]))

/** The service's figure as a multiple of another's, if both ran. */
export const against = (results: Results, tokens: Kind, workload: string, other: string, figure: Figure) => {
  const [ours, theirs] = ["service", other].map((name) => find(results, tokens, workload, name))
  return ours && theirs
    ? ratio(
        ours.rounds.map((round) => round[figure]),
        theirs.rounds.map((round) => round[figure])
      )
    : undefined
}

/** Requests that went wrong, in all that was measured. */
export const errors = ({ races, rates, users }: Results) =>
  [...races, ...rates, ...users].reduce(
    (sum, { rounds }) => sum + rounds.reduce((inner, round) => inner + round.errors, 0),
    0
  )

export const namesOf = <K extends "workload" | "contestant">(
  entries: ReadonlyArray<{ readonly [key in K]: string }>,
  key: K
) => [...new Set(entries.map((entry) => entry[key]))]
