// Within a minute: the CPU time of this service per request as a multiple of the time that node:http needs. Run it
// before and after a change: npm run bench:regression
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import * as Conformance from "./conformance.ts"
import * as Database from "./database.ts"
import { nodeHttp, service } from "./implementations.ts"
import { interleave, startServer } from "./interleaved.ts"
import { quartiles, ratios } from "./statistics.ts"
import { mix, workloads } from "./workloads.ts"

const run = { connections: 32, milliseconds: 100, turns: 30, warmUpRequests: 5_000 }

const regression = Effect.gen(function* () {
  const database = yield* Database.filled(yield* Database.start, 10_000)
  const tokens = yield* AccessTokens.make("HS256", database.users)
  const servers = yield* Effect.forEach([service, nodeHttp], (one) => startServer(one, database, tokens))
  yield* Conformance.check(servers)
  for (const workload of workloads.filter((one) => one !== mix)) {
    const measured = yield* interleave(servers, workload, run)
    const errors = measured.reduce((sum, { errors }) => sum + errors, 0)
    if (errors > 0) yield* Effect.die(new Error(`${workload.title}: ${errors} requests failed`))
    const [ours = [], theirs = []] = measured.map(({ cpu }) => cpu)
    const { high, low, median } = ratios(ours, theirs)
    process.stdout.write(
      `${workload.title.padEnd(20)} ${median.toFixed(2)} times (${low.toFixed(2)} to ${high.toFixed(2)}), ` +
        `${quartiles(ours).median.toFixed(0)} µs and ${quartiles(theirs).median.toFixed(0)} µs\n`
    )
  }
})

NodeRuntime.runMain(Effect.scoped(regression))
