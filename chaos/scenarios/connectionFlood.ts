import http from "node:http"
import { Effect } from "effect"
import * as Process from "../../test/support/Process.ts"
import { bundle } from "../Dependencies.ts"
import { noFailures } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

/** The time until a new connection has its response, in milliseconds. */
const connectAndGet = (url: string) =>
  Effect.promise(async () => {
    const start = performance.now()
    await new Promise<void>((resolve, reject) => {
      http.get(url, { agent: false }, (response) => response.resume().once("end", resolve)).once("error", reject)
    })
    return performance.now() - start
  })

const slowestOf = (url: string) =>
  Effect.map(Effect.all(Array.from({ length: 20 }, () => connectAndGet(url))), (times) =>
    Math.round(Math.max(...times))
  )

const connections = 1_000

// Other systems have one loopback address.
const isPossible = process.platform === "linux"

export const connectionFlood: Scenario = {
  name: "One address floods a process with connections",
  observe: ({ environment }) =>
    Effect.gen(function* () {
      if (!isPossible) return []
      // With the limits that it has by default.
      const { RATE_LIMIT: _user, RATE_LIMIT_ADDRESS: _address, ...others } = environment
      const settings = { ...others, RATE_LIMIT: "100/minute", RATE_LIMIT_ADDRESS: "1000/minute", ADMIN_PORT: "0" }
      const service = yield* Process.serve({ ...settings, CONNECTIONS_MAX_ADDRESS: "200" }, bundle)
      const admin = /admin port at (\S+)/.exec(service.output())?.[1]
      const args = [`${service.url}/api/tasks`, "127.0.0.2", String(connections)]
      const flood = yield* Process.start(
        args,
        {},
        { command: [process.execPath, "test/support/flood.ts"], cwd: Process.root }
      )
      yield* Process.until(() => Number(flood.output().trim().split("\n").at(-1)?.split(" ")[0]) > 2 * connections)
      const slowest = yield* slowestOf(`${service.url}/health/live`)
      const slowestAdmin = yield* slowestOf(`${admin}/health/live`)
      return [
        {
          promise: `while ${connections} connections of one address send requests, new ones of another are answered within 1 s`,
          seen: `the slowest of 20 took ${slowest} ms`,
          isKept: slowest <= 1_000
        },
        {
          promise: "health checks on the admin port are answered within 1 s",
          seen: `the slowest of 20 took ${slowestAdmin} ms`,
          isKept: slowestAdmin <= 1_000
        }
      ]
    }),
  expect: noFailures
}
