import { Effect } from "effect"
import * as Arena from "./arena.ts"
import type { Identities } from "./identities.ts"
import * as Load from "./load.ts"
import { processorTimeOf } from "./machine.ts"
import * as Pace from "./pace.ts"
import type { Stand } from "./stands.ts"
import { requestsOf, type Workload } from "./workloads.ts"

/** What a run showed; times in milliseconds. */
export interface Figures {
  readonly requests: number
  readonly per_second: number
  /** Microseconds of the server's processor time for each request. */
  readonly cpu: number
  /** The part of the time that the server's processor was at work: far below 1, something else was the limit. */
  readonly busy: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly errors: number
}

/** Makes a load and tells what the server spent on it. */
export const observe = async ({ pid }: Stand, load: () => Promise<Load.Outcome>): Promise<Figures> => {
  const before = processorTimeOf(pid)
  const { errors, p50, p95, p99, requests, seconds } = await load()
  const spent = processorTimeOf(pid) - before
  return {
    requests,
    per_second: requests / seconds,
    cpu: spent / requests,
    busy: spent / 1e6 / seconds,
    p50,
    p95,
    p99,
    errors
  }
}

// Above what any contestant does in a second. A request that is good once must not be sent twice.
const mostPerSecond = 15_000
const enough = 20_000

/** The requests of a workload as they are to be sent, made from what is in the database now. */
export const requestsFor = Effect.fnUntraced(function* (
  { size }: Arena.Arena,
  { tokenOf }: Identities,
  workload: Workload,
  seconds: number
) {
  const field = yield* Arena.field(size)
  return requestsOf(workload, field, workload.writes ? mostPerSecond * seconds : enough).map((request) =>
    Load.render(request, tokenOf)
  )
})

/** One run: a hundred connections for so many seconds, and the database as it was before. */
export const run = Effect.fnUntraced(function* (
  arena: Arena.Arena,
  identities: Identities,
  stand: Stand,
  workload: Workload,
  seconds: number
) {
  const requests = yield* requestsFor(arena, identities, workload, seconds)
  const figures = yield* Effect.promise(() => observe(stand, () => Load.run(stand.url, requests, seconds)))
  if (workload.writes) yield* Arena.restore
  return figures
})

/** The same at a fixed rate. */
export const paced = Effect.fnUntraced(function* (
  arena: Arena.Arena,
  identities: Identities,
  { url }: Stand,
  workload: Workload,
  rate: number,
  seconds: number
) {
  const requests = yield* requestsFor(arena, identities, workload, seconds)
  const outcome = yield* Effect.promise(() => Pace.run(url, requests, rate, seconds))
  if (workload.writes) yield* Arena.restore
  return outcome
})
