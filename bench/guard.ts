// What the service's processor spends on a request, as a multiple of what a bare server spends: to be run before and
// after a change. Under a minute. node bench/guard.ts
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as Agree from "./agree.ts"
import * as Arena from "./arena.ts"
import { bare, service } from "./contestants.ts"
import * as Identities from "./identities.ts"
import { requestsFor, run } from "./measure.ts"
import * as Slices from "./slices.ts"
import * as Stands from "./stands.ts"
import { ratio, spread } from "./statistics.ts"
import { workloads } from "./workloads.ts"

const guarded = ["get", "list", "create"]
// The processor time of one turn is told too coarsely: it is looked at in groups of turns.
const [warmUp, groups, turns] = [3, 6, 5]

const sum = (slices: ReadonlyArray<Slices.Slice>, part: keyof Slices.Slice) =>
  slices.reduce((total, slice) => total + slice[part], 0)

const cost = (slices: ReadonlyArray<Slices.Slice>) => sum(slices, "cpu") / sum(slices, "answers")

const costs = (slices: ReadonlyArray<Slices.Slice>) =>
  Array.from({ length: groups }, (_, n) => cost(slices.slice(n * turns, (n + 1) * turns)))

const guard = Effect.gen(function* () {
  const arena = yield* Arena.open({ tasks: 10_000, big: 1_000 })
  const measured = Effect.gen(function* () {
    const identities = yield* Identities.make("HS256", yield* Arena.users)
    const given = { ...identities.settings, DATABASE_URL: arena.url }
    const stands = [yield* Stands.start(service, given), yield* Stands.start(bare, given)]
    yield* Agree.check(arena, identities, stands)
    for (const workload of workloads.filter(({ name }) => guarded.includes(name))) {
      for (const stand of stands) yield* run(arena, identities, stand, workload, warmUp)
      const requests = yield* requestsFor(arena, identities, workload, 10)
      const [ours = [], theirs = []] = yield* Effect.promise(() => Slices.take(stands, requests, groups * turns))
      if (workload.writes) yield* Arena.restore
      const errors = sum(ours, "errors") + sum(theirs, "errors")
      if (errors > 0) yield* Effect.die(new Error(`${workload.title}: ${errors} errors`))
      const times = ratio(costs(ours), costs(theirs))
      process.stdout.write(
        `${workload.title.padEnd(8)} ${times.median.toFixed(2)} ±${spread(times).toFixed(0)} %` +
          `   (${cost(ours).toFixed(0)} against ${cost(theirs).toFixed(0)} µs of processor time a request)\n`
      )
    }
  })
  yield* Effect.provide(measured, arena.client)
})

NodeRuntime.runMain(Effect.scoped(guard))
