import { Effect } from "effect"
import type { Arena } from "./arena.ts"
import type { Contestant } from "./contestants.ts"
import type { Identities, Kind } from "./identities.ts"
import { memoryOf } from "./machine.ts"
import * as Measure from "./measure.ts"
import type { Paced, Raced } from "./results.ts"
import { type Stand, start } from "./stands.ts"
import type { Workload } from "./workloads.ts"

export interface Plan {
  readonly arena: Arena
  readonly identities: Identities
  readonly rounds: number
  readonly seconds: number
  readonly warmUp: number
}

const say = (text: string) => Effect.sync(() => void process.stderr.write(`${text}\n`))

/** One after the other in rounds, every other one the other way round, so that what changes with time hits all alike. */
const alternate = Effect.fnUntraced(function* <A, E, R>(
  stands: ReadonlyArray<Stand>,
  rounds: number,
  run: (stand: Stand) => Effect.Effect<A, E, R>
) {
  const found = new Map<Stand, Array<A>>(stands.map((stand) => [stand, []]))
  for (let round = 0; round < rounds; round++) {
    for (const stand of round % 2 === 0 ? stands : stands.toReversed()) found.get(stand)?.push(yield* run(stand))
  }
  return stands.map((stand) => ({ contestant: stand.contestant.name, rounds: found.get(stand) ?? [] }))
})

/** The races of all against all. What is measured comes after everyone has warmed up at that very workload. */
export const race = Effect.fnUntraced(function* (
  { arena, identities, rounds, seconds, warmUp }: Plan,
  tokens: Kind,
  stands: ReadonlyArray<Stand>,
  workloads: ReadonlyArray<Workload>
) {
  const raced: Array<Raced> = []
  for (const workload of workloads) {
    yield* say(`${tokens}, ${workload.title}`)
    if (warmUp > 0) for (const stand of stands) yield* Measure.run(arena, identities, stand, workload, warmUp)
    const found = yield* alternate(stands, rounds, (stand) => Measure.run(arena, identities, stand, workload, seconds))
    raced.push(...found.map((one) => ({ tokens, workload: workload.name, ...one })))
  }
  return raced
})

const shareOfSlower = 0.6

/** How long answers take while both are asked equally often, at what the slower one has to spare. */
export const rates = Effect.fnUntraced(function* (
  { arena, identities, rounds, seconds }: Plan,
  stands: ReadonlyArray<Stand>,
  workloads: ReadonlyArray<Workload>
) {
  const paced: Array<Paced> = []
  for (const workload of workloads) {
    const most: Array<number> = []
    for (const stand of stands) most.push((yield* Measure.run(arena, identities, stand, workload, seconds)).per_second)
    const rate = Math.round(shareOfSlower * Math.min(...most))
    yield* say(`at ${rate} a second, ${workload.title}`)
    const found = yield* alternate(stands, rounds, (stand) =>
      Measure.paced(arena, identities, stand, workload, rate, seconds)
    )
    paced.push(...found.map((one) => ({ workload: workload.name, rate, ...one })))
  }
  return paced
})

/** A hundred users at each of the operations on one task. */
export const users = Effect.fnUntraced(function* (
  { arena, identities, rounds, seconds }: Plan,
  stand: Stand,
  workloads: ReadonlyArray<Workload>
) {
  const found: Array<Omit<Raced, "tokens" | "contestant">> = []
  for (const workload of workloads) {
    yield* say(`a hundred users, ${workload.title}`)
    const [one] = yield* alternate([stand], rounds, () => Measure.run(arena, identities, stand, workload, seconds))
    if (one !== undefined) found.push({ workload: workload.name, rounds: one.rounds })
  }
  return found
})

/** Resident memory on the way to so many requests, looked at after so many seconds each time. */
export const growth = Effect.fnUntraced(function* (
  { arena, identities }: Plan,
  seconds: number,
  stand: Stand,
  workload: Workload,
  requests: number
) {
  yield* say(`${requests} requests, ${workload.title}`)
  const seen = [{ requests: 0, megabytes: memoryOf(stand.pid) }]
  for (let done = 0; done < requests; ) {
    done += (yield* Measure.run(arena, identities, stand, workload, seconds)).requests
    seen.push({ requests: done, megabytes: memoryOf(stand.pid) })
  }
  return seen
})

/** How long the first answer takes, from the start of the process. */
export const starts = Effect.fnUntraced(function* (
  contestant: Contestant,
  given: Readonly<Record<string, string>>,
  rounds: number
) {
  yield* say("starts")
  const times: Array<number> = []
  for (let round = 0; round < rounds; round++) {
    times.push(yield* Effect.scoped(Effect.map(start(contestant, given), ({ firstAnswer }) => firstAnswer)))
  }
  return times
})
