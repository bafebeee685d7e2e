// Compares this service with other implementations of the same API: npm run bench. See docs/performance.md.
import { readFileSync, writeFileSync } from "node:fs"
import { NodeRuntime } from "@effect/platform-node"
import { Effect, type Scope } from "effect"
import type { Algorithm } from "./accessTokens.ts"
import { chart } from "./chart.ts"
import { startServers } from "./conformance.ts"
import * as Database from "./database.ts"
import { service, serviceWithRls } from "./implementations.ts"
import { describeMachine } from "./machine.ts"
import { compareWorkloads, measureLatency, measureMemory } from "./measurements.ts"
import { options } from "./options.ts"
import { replaceGenerated, report } from "./report.ts"
import type { Findings, Part, PartResults, Results } from "./results.ts"
import { measureStarts } from "./startup.ts"
import { measureStreams } from "./streams.ts"
import { measureTokenVerification } from "./tokenVerification.ts"

const resultsFile = new URL("results/latest.json", import.meta.url)
const chartFile = new URL("results/latest.svg", import.meta.url)
const page = new URL("../docs/performance.md", import.meta.url)

/** Replaces the results of the parts that were measured; those of other parts stay. */
const document = (measured: Results) => {
  const results: Results = { ...JSON.parse(readFileSync(resultsFile, "utf8")), ...measured }
  writeFileSync(resultsFile, `${JSON.stringify(results)}\n`)
  writeFileSync(chartFile, chart(results.HS256?.comparisons ?? []))
  writeFileSync(page, replaceGenerated(readFileSync(page, "utf8"), report(results)))
}

const bench = Effect.gen(function* () {
  const serverUrl = yield* Database.start
  const filled = yield* Effect.cached(Database.filled(serverUrl, options.tasks))
  const servers = (algorithm: Algorithm, implementations = options.implementations) =>
    Effect.flatMap(filled, (database) => startServers(algorithm, database, implementations))

  const measure: Readonly<Record<Part, Effect.Effect<Findings, unknown, Scope.Scope>>> = {
    HS256: Effect.flatMap(servers("HS256"), compareWorkloads),
    EdDSA: Effect.flatMap(servers("EdDSA"), compareWorkloads),
    latency: Effect.flatMap(servers("HS256"), measureLatency),
    memory: Effect.gen(function* () {
      yield* filled
      yield* Database.withoutDurability(serverUrl)
      return yield* measureMemory(yield* servers("HS256"))
    }),
    start: measureStarts(serverUrl),
    streams: Effect.flatMap(filled, measureStreams),
    rls: Effect.gen(function* () {
      const database = yield* Database.filledWithRls(serverUrl, options.tasks)
      const withRls = yield* startServers("HS256", database, [serviceWithRls])
      return yield* compareWorkloads([...(yield* servers("HS256", [service])), ...withRls])
    }),
    "token-verification": measureTokenVerification(options.verifications)
  }

  const machine = describeMachine()
  const results: Partial<Record<Part, PartResults>> = {}
  for (const { name: part, title } of options.parts) {
    process.stderr.write(`${title}\n`)
    results[part] = { command: options.command, machine, ...(yield* Effect.scoped(measure[part])) }
  }
  process.stdout.write(`${report(results)}\n`)
  if (options.smoke) process.stdout.write("\nThis was a smoke run: its figures mean nothing.\n")
  else if (options.document) document(results)
})

NodeRuntime.runMain(Effect.scoped(bench))
