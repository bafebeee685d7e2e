// Two processes of the service, a PostgreSQL and a Redis under load, while each of them is killed, frozen and started
// again in turn. Prints what the clients saw, compares what they were told with what is stored, and exits 1 when a
// promise is broken: npm run chaos
import { availableParallelism } from "node:os"
import { Duration, Effect, Fiber } from "effect"
import * as Process from "../test/support/Process.ts"
import * as Balancer from "./Balancer.ts"
import * as Parts from "./Dependencies.ts"
import * as Phase from "./Scenario.ts"
import * as Ledger from "./WriteLog.ts"

const writers = 6

const print = (text: string) => process.stdout.write(`${text}\n`)

const drill = Effect.gen(function* () {
  if (!(yield* Parts.isRedisInstalled)) {
    print("The drill needs redis-server: install Redis, so that it is in the PATH.")
    return 1
  }
  const postgres = yield* Parts.startPostgres
  const redis = yield* Parts.startRedis
  const environment = {
    ENVIRONMENT: "production",
    BETTER_AUTH_SECRET: Process.secret,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    // The limits are asked for, and never reached.
    RATE_LIMIT: "1000000/second",
    RATE_LIMIT_ADDRESS: "1000000/second"
  }
  const a = yield* Parts.startService(environment)
  const b = yield* Parts.startService(environment)

  const ledger = Ledger.make()
  const clients: Array<Fiber.Fiber<unknown>> = []
  for (let n = 0; n < writers; n++) {
    const name = `writer-${n}`
    const token = yield* Process.tokenFor(name)
    clients.push(
      yield* Effect.forkScoped(Ledger.write(ledger, yield* Balancer.make([a.url, b.url], n), name, token)),
      yield* Effect.forkScoped(Ledger.read(ledger, yield* Balancer.make([a.url, b.url], n + 1), name, token))
    )
  }

  const phases: Array<Phase.Phase> = []
  const phase = Effect.fnUntraced(function* (
    name: string,
    promise: Phase.Promise,
    away: Effect.Effect<unknown, unknown>,
    back: Effect.Effect<unknown, unknown> = Effect.void
  ) {
    print(`${name} ...`)
    const start = performance.now()
    yield* Effect.orDie(away)
    yield* Effect.orDie(back)
    const returned = performance.now()
    yield* Effect.sleep("4 seconds")
    phases.push({ name, promise, start, returned, end: performance.now() })
  })
  const wait = Effect.sleep("2 seconds")

  yield* phase("all is well", Phase.nobodyNotices, wait)
  yield* phase(
    "a service process is killed, and started again",
    Phase.someAreCut(writers * 2),
    Effect.andThen(a.kill("SIGKILL"), wait),
    a.start
  )
  yield* phase(
    "both are stopped and started, one after the other",
    Phase.nobodyNotices,
    Effect.forEach([a, b], (service) => Effect.andThen(service.kill("SIGTERM"), service.start))
  )
  yield* phase(
    "PostgreSQL is killed, and started again",
    Phase.back,
    Effect.andThen(postgres.kill, wait),
    postgres.restart
  )
  yield* phase(
    "PostgreSQL is frozen for 5 seconds",
    Phase.back,
    Effect.andThen(postgres.pause, Effect.sleep("5 seconds")),
    postgres.resume
  )
  yield* phase(
    "all its connections are cut, three times",
    Phase.back,
    Effect.repeat(Effect.delay(postgres.terminate, "1 second"), { times: 2 })
  )
  yield* phase(
    "Redis is killed, and started again",
    Phase.nobodyNotices,
    Effect.andThen(redis.kill("SIGKILL"), wait),
    redis.start
  )

  // What is acknowledged from here on would be missing in what is read below.
  yield* Fiber.interruptAll(clients)
  const found = phases.map((phase) => Phase.judge(phase, ledger.seen))
  const stored = yield* Ledger.audit(ledger, postgres.url)
  print(`\n${Phase.table(found)}\n`)
  print(
    `Acknowledged writes: ${ledger.acknowledged}. Lost: ${stored.lost}. Undone: ${stored.undone}. Doubled: ${stored.doubled}.`
  )
  print(
    `Wrong answers: ${ledger.wrong.length}. Node ${process.version}, ${availableParallelism()} cores for everything.`
  )
  const broken = [
    ...Object.entries({ ...stored, "wrong answers": ledger.wrong.length }).flatMap(([what, times]) =>
      times === 0 ? [] : [`${what}: ${times}`]
    ),
    ...ledger.wrong.slice(0, 10),
    ...found.flatMap(({ broken, name }) => broken.map((words) => `${name}: ${words}`))
  ]
  for (const words of broken) print(`BROKEN ${words}`)
  return broken.length === 0 ? 0 : 1
})

process.exitCode = await Effect.runPromise(Effect.scoped(drill).pipe(Effect.timeout(Duration.minutes(5))))
