import { Effect } from "effect"
import { startStalled } from "../Dependencies.ts"
import { noFailures } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

const warmUp = 10_000
const requests = 50_000
const sent = warmUp + requests

/** The log keeps 1 MB, and the pipe 64 KiB. */
const maxKept = 10_000

const metricsOf = (admin: string) =>
  Effect.promise(async () => {
    const text = await (await fetch(`${admin}/metrics`)).text()
    const valueOf = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1])
    return {
      megabytes: Math.round(valueOf("process_resident_memory_bytes") / 1e6),
      dropped: valueOf("log_lines_dropped_total")
    }
  })

/** Every request is one log line of about 250 bytes. */
const send = (url: string, count: number) =>
  Effect.all(
    Array.from({ length: count }, () =>
      Effect.promise(async () => {
        const response = await fetch(`${url}/api/tasks`)
        await response.arrayBuffer()
        return response.status
      })
    ),
    { concurrency: 20 }
  )

export const logStalled: Scenario = {
  name: "The standard output of a process is not read",
  observe: ({ environment }) =>
    Effect.gen(function* () {
      const { admin, url } = yield* startStalled(environment)
      // The memory of a process grows with its first requests.
      yield* send(url, warmUp)
      const before = yield* metricsOf(admin)
      const statuses = new Set(yield* send(url, requests))
      const after = yield* metricsOf(admin)
      return [
        {
          promise: "requests are answered while log lines cannot be written",
          seen: `${requests} requests without a token had the status ${[...statuses].join(", ")}`,
          isKept: [...statuses].join() === "401"
        },
        {
          promise: `at most ${maxKept} log lines wait for their reader, the others are dropped and counted`,
          seen: `${after.dropped} of ${sent} lines dropped, memory ${before.megabytes} MB before and ${after.megabytes} MB after`,
          isKept: after.dropped >= sent - maxKept
        }
      ]
    }),
  expect: noFailures
}
