// Compares this service with other implementations of the same API: npm run bench. See docs/performance.md.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import { chart } from "./chart.ts"
import * as Conformance from "./conformance.ts"
import * as Database from "./database.ts"
import * as Implementations from "./implementations.ts"
import { startServer } from "./interleaved.ts"
import { describeMachine } from "./machine.ts"
import { options } from "./options.ts"
import * as Processes from "./processes.ts"
import { replaceGenerated, report } from "./report.ts"
import { errors, figureNames, type Results } from "./results.ts"
import { compareWorkload, measureLatency, measureMemory, progress } from "./schedule.ts"
import { measurePglite, measureStarts } from "./startup.ts"
import { measureTokenVerification } from "./tokenVerification.ts"
import { mixAtFixedRate, mixAtFullLoad, workloads } from "./workloads.ts"

const compareAll = Effect.fnUntraced(function* (
  serverUrl: string,
  database: Database.Database,
  algorithm: AccessTokens.Algorithm
) {
  const tokens = yield* AccessTokens.make(algorithm, database.users)
  const servers = yield* Effect.forEach(options.implementations.filter(Implementations.isInstalled), (implementation) =>
    startServer(implementation, database, tokens)
  )
  if (options.rls && algorithm === options.algorithms[0]) {
    const withRls = yield* Database.filledWithRls(serverUrl, options.tasks)
    servers.push(yield* startServer(Implementations.serviceWithRls, withRls, tokens))
  }
  yield* Conformance.check(servers)
  const compared = yield* Effect.forEach(options.workloads, (workload) => compareWorkload(algorithm, servers, workload))
  const comparisons = compared.flat()
  if (algorithm !== options.algorithms[0]) return { comparisons, figures: [] }
  return {
    comparisons: [...comparisons, ...(yield* measureLatency(algorithm, servers))],
    figures: yield* measureMemory(servers)
  }
}, Effect.scoped)

/** The bundle, the bundle of the previous version on a database of its own, and Fastify. */
const measureAllStarts = Effect.fnUntraced(function* (serverUrl: string) {
  yield* progress("Start times")
  const { environment } = yield* AccessTokens.make("HS256", [])
  const migrated = Effect.fnUntraced(function* (implementation: Implementations.Implementation) {
    const database = yield* Database.empty(serverUrl, implementation)
    return { implementation, environment: { ...Processes.production, ...environment, ...database } }
  })
  const ours = yield* migrated(Implementations.service)
  const previous = options.previous === undefined ? [] : [yield* migrated(Implementations.previous(options.previous))]
  const bundles = [ours, ...previous, { ...ours, implementation: Implementations.fastify }]
  const names = [figureNames.bundleStart, "Resident memory after the start of the bundle"] as const
  return [
    ...(yield* measureStarts(names, bundles, options.starts)),
    ...(options.pglite ? yield* measurePglite(options.previous, Math.min(3, options.starts)) : [])
  ]
}, Effect.scoped)

const write = (results: Results) => {
  const directory = new URL("results/", import.meta.url)
  mkdirSync(directory, { recursive: true })
  writeFileSync(new URL("latest.json", directory), `${JSON.stringify(results)}\n`)
  writeFileSync(new URL("latest.svg", directory), chart(results))
  if (!options.document) return
  const page = new URL("../docs/performance.md", import.meta.url)
  writeFileSync(page, replaceGenerated(readFileSync(page, "utf8"), report(results)))
}

const bench = Effect.gen(function* () {
  for (const { title } of options.implementations.filter((one) => !Implementations.isInstalled(one))) {
    yield* progress(`Skipped ${title}: its packages are not installed`)
  }
  const serverUrl = yield* Database.start
  const database = yield* Database.filled(serverUrl, options.tasks)
  const found = yield* Effect.forEach(options.algorithms, (algorithm) => compareAll(serverUrl, database, algorithm))
  const known = [
    ...Implementations.implementations,
    Implementations.serviceWithRls,
    Implementations.previous(""),
    ...workloads,
    mixAtFullLoad,
    mixAtFixedRate
  ]
  const results: Results = {
    machine: describeMachine(yield* Database.version(serverUrl)),
    tasks: options.tasks,
    turns: options.turns,
    titles: Object.fromEntries(known.map(({ name, title }) => [name, title])),
    comparisons: found.flatMap(({ comparisons }) => comparisons),
    figures: [
      ...found.flatMap(({ figures }) => figures),
      ...(yield* measureAllStarts(serverUrl)),
      ...(options.tokenVerification ? yield* measureTokenVerification(options.verifications) : [])
    ]
  }
  process.stdout.write(`${report(results)}\n`)
  if (options.smoke) process.stdout.write("\nThis was a smoke run: its figures mean nothing.\n")
  else write(results)
  const failed = errors(results)
  if (failed > 0) yield* Effect.die(new Error(`${failed} requests failed, so the figures mean nothing`))
})

NodeRuntime.runMain(Effect.scoped(bench))
