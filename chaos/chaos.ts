// Runs two processes of the service, PostgreSQL and Redis under load, and injects one fault after the other. Prints what
// the clients saw, compares acknowledged writes with the database, and exits 1 if a promise is broken: npm run chaos
import { Duration, Effect, Fiber } from "effect"
import * as Process from "../test/support/Process.ts"
import * as Dependencies from "./Dependencies.ts"
import { describeFigures, figuresOf } from "./Expectations.ts"
import * as FeedReaders from "./FeedReaders.ts"
import type { Scenario, System } from "./Scenario.ts"
import { scenarios } from "./scenarios/index.ts"
import * as WriteLog from "./WriteLog.ts"

const print = (text: string) => process.stdout.write(`${text}\n`)

const start = Effect.gen(function* () {
  const postgres = yield* Dependencies.startPostgres
  const redis = yield* Dependencies.startRedis
  const environment = {
    ENVIRONMENT: "production",
    BETTER_AUTH_SECRET: Process.secret,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    // Limits are enforced, and too high to be reached.
    RATE_LIMIT: "1000000/second",
    RATE_LIMIT_ADDRESS: "1000000/second"
  }
  const services = [
    yield* Dependencies.startService(environment),
    yield* Dependencies.startService(environment)
  ] as const
  return { environment, services, postgres, redis } satisfies System
})

/** Injects the fault, ends it and lets the clients go on for 4 seconds. */
const run = Effect.fnUntraced(function* (scenario: Scenario, system: System, log: WriteLog.WriteLog) {
  const start = performance.now()
  yield* Effect.orDie(scenario.inject?.(system) ?? Effect.void)
  const findings = yield* Effect.orDie(Effect.scoped(scenario.observe?.(system) ?? Effect.succeed([])))
  yield* Effect.orDie(scenario.recover?.(system) ?? Effect.void)
  const recovered = performance.now()
  yield* Effect.sleep("4 seconds")
  const figures = figuresOf({ start, recovered, end: performance.now() }, log.exchanges)
  print(`${scenario.name}: ${describeFigures(figures)}`)
  for (const { promise, seen } of findings) print(`  promised: ${promise}\n  seen:     ${seen}`)
  const broken = findings.filter(({ isKept }) => !isKept).map(({ promise, seen }) => `${promise}, but ${seen}`)
  return [...scenario.expect(figures), ...broken].map((message) => `${scenario.name}: ${message}`)
})

const chaos = Effect.gen(function* () {
  if (!(yield* Dependencies.isRedisInstalled)) {
    print("The chaos test needs redis-server on the PATH: install Redis.")
    return 1
  }
  const system = yield* start
  const log = WriteLog.make()
  const urls = system.services.map(({ url }) => url)
  const clients = yield* WriteLog.startClients(log, urls)
  const readers = yield* FeedReaders.start(urls, WriteLog.users)
  const broken = (yield* Effect.forEach(scenarios, (scenario) => run(scenario, system, log))).flat()
  // A write that is acknowledged during the audit would seem lost.
  yield* Fiber.interruptAll(clients.flat())
  const { duplicated, lost } = yield* WriteLog.audit(log, system.postgres.url)
  print(
    `acknowledged writes ${log.acknowledged.toLocaleString("en")}, lost ${lost}, duplicated ${duplicated}, ` +
      `wrong responses ${log.wrong.length}`
  )
  const feed = yield* FeedReaders.audit(log, readers)
  print(
    `feed readers: changes ${feed.changes.toLocaleString("en")}, lost ${feed.lost}, doubled ${feed.doubled}, missed ${feed.missed}`
  )
  for (const message of [...broken, ...log.wrong.slice(0, 10)]) print(`FAILED ${message}`)
  const errors = broken.length + lost + duplicated + log.wrong.length
  return errors + feed.lost + feed.doubled + feed.missed === 0 ? 0 : 1
})

process.exitCode = await Effect.runPromise(Effect.scoped(chaos).pipe(Effect.timeout(Duration.minutes(6))))
