// What the service's processor spends on a request, as a multiple of what a bare server spends: to be run before and
// after a change. Under a minute. node bench/guard.ts
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as Agree from "./agree.ts"
import * as Arena from "./arena.ts"
import { bare, service } from "./contestants.ts"
import * as Identities from "./identities.ts"
import { run } from "./measure.ts"
import * as Stands from "./stands.ts"
import { median, ratio, spread } from "./statistics.ts"
import { workloads } from "./workloads.ts"

const guarded = ["get", "list", "create"]
const [warmUp, seconds, rounds] = [2, 1, 4]

const guard = Effect.gen(function* () {
  const arena = yield* Arena.open({ tasks: 10_000, big: 1_000 })
  const measured = Effect.gen(function* () {
    const identities = yield* Identities.make("HS256", yield* Arena.users)
    const given = { ...identities.settings, DATABASE_URL: arena.url }
    const ours = yield* Stands.start(service, given)
    const theirs = yield* Stands.start(bare, given)
    yield* Agree.check(arena, identities, [ours, theirs])
    for (const workload of workloads.filter(({ name }) => guarded.includes(name))) {
      const spent = new Map<Stands.Stand, Array<number>>([
        [ours, []],
        [theirs, []]
      ])
      for (const stand of spent.keys()) yield* run(arena, identities, stand, workload, warmUp)
      for (let round = 0; round < rounds; round++) {
        for (const [stand, all] of round % 2 === 0 ? [...spent] : [...spent].reverse()) {
          const { cpu, errors } = yield* run(arena, identities, stand, workload, seconds)
          if (errors > 0) yield* Effect.die(new Error(`${stand.contestant.title}, ${workload.title}: ${errors} errors`))
          all.push(cpu)
        }
      }
      const [a = [], b = []] = spent.values()
      const times = ratio(a, b)
      process.stdout.write(
        `${workload.title.padEnd(8)} ${times.median.toFixed(2)} ±${spread(times).toFixed(0)} %` +
          `   (${median(a).median.toFixed(0)} against ${median(b).median.toFixed(0)} µs of processor time a request)\n`
      )
    }
  })
  yield* Effect.provide(measured, arena.client)
})

NodeRuntime.runMain(Effect.scoped(guard))
