import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { request, type Service, serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const me = (service: Service, token: string) => request(service.url, "/api/me", { token })

const logLines = (service: Service, text: string) =>
  service
    .output()
    .split("\n")
    .filter((line) => line.includes(text))

describe("Rate limits of a running service", () => {
  it.live(
    "accepts a client that waited for the seconds in Retry-After",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ RATE_LIMIT: "40/minute" })
        const token = yield* tokenFor("ada")
        let refused = yield* me(service, token)
        while (refused.status === 200) refused = yield* me(service, token)
        assert.deepInclude(refused.body, { status: 429, code: "RATE_LIMITED", limit: "user" })
        const wait = Number(refused.headers.get("retry-after"))
        assert.include([1, 2], wait)
        yield* Effect.sleep(wait * 1000)
        assert.strictEqual((yield* me(service, token)).status, 200)
      }),
    timeout
  )
})

describe.runIf(RedisServer.isAvailable)("Two processes that share Redis", () => {
  const start = Effect.fnUntraced(function* (environment: Record<string, string>) {
    const redis = yield* RedisServer.start
    const DATABASE_URL = yield* TestDatabase.make
    const serve = serveOnPostgres({ DATABASE_URL, REDIS_URL: redis.url, ...environment })
    const services = yield* Effect.all([serve, serve], { concurrency: 2 })
    return { redis, services }
  })

  it.live(
    "together allow a user as many requests as one process",
    () =>
      Effect.gen(function* () {
        const { services } = yield* start({ RATE_LIMIT: "20/hour", RATE_LIMIT_ADDRESS: "1000/hour" })
        const [one, other] = services
        const token = yield* tokenFor("ada")
        const answers = yield* Effect.forEach(
          Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? one : other)),
          (service) => me(service, token),
          { concurrency: 10 }
        )
        assert.lengthOf(
          answers.filter(({ status }) => status === 200),
          20
        )
        const policies = new Set(answers.map(({ headers }) => headers.get("ratelimit-policy")))
        assert.deepStrictEqual([...policies], ['"address";q=1000;w=3600, "user";q=20;w=3600'])
        for (const { body, headers, status } of answers) {
          if (status !== 200)
            assert.deepStrictEqual([status, body.limit, headers.has("retry-after")], [429, "user", true])
        }
        assert.strictEqual((yield* me(one, yield* tokenFor("bob"))).status, 200)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "fail open while Redis is killed, frozen and unreachable, log it once, and limit again afterwards",
    () =>
      Effect.gen(function* () {
        const { redis, services } = yield* start({ RATE_LIMIT: "20/hour", RATE_LIMIT_ADDRESS: "1000000/hour" })
        const seen = { limited: 0, unlimited: 0, longest: 0 }
        const statuses = new Set<number>()
        const asking = yield* Effect.forEach(
          [...services, ...services],
          (service) =>
            Effect.gen(function* () {
              const token = yield* tokenFor(`user ${seen.limited} ${seen.unlimited}`)
              const since = performance.now()
              const { headers, status } = yield* me(service, token)
              seen.longest = Math.max(seen.longest, performance.now() - since)
              statuses.add(status)
              if (headers.get("ratelimit")?.includes('"user"')) seen.limited++
              else seen.unlimited++
              // A response has both headers or neither.
              assert.strictEqual(headers.has("ratelimit"), headers.has("ratelimit-policy"))
            }).pipe(Effect.andThen(Effect.sleep("10 millis")), Effect.forever),
          { concurrency: "unbounded" }
        ).pipe(Effect.forkScoped)
        const more = (kind: "limited" | "unlimited") => {
          const before = seen[kind]
          return until(() => seen[kind] > before + 20)
        }
        yield* more("limited")
        const outages = (service: Service) => logLines(service, "requests are not limited").length
        const isLimiting = (service: Service) => logLines(service, "available again").length === outages(service)
        const fail = Effect.andThen(
          until(() => !services.some(isLimiting)),
          more("unlimited")
        )
        const recover = Effect.andThen(
          until(() => services.every(isLimiting)),
          more("limited")
        )
        yield* Effect.andThen(redis.kill, fail)
        yield* Effect.andThen(redis.restart, recover)
        yield* Effect.andThen(redis.pause, fail)
        yield* Effect.andThen(redis.resume, recover)
        yield* Fiber.interrupt(asking)
        assert.deepStrictEqual([...statuses], [200])
        // One that waited for Redis would wait until it continues.
        assert.isBelow(seen.longest, 10_000)
        // The log counts a request once, though neither of its two limits applied. Some requests may still be in flight.
        const logged = services
          .flatMap((service) => logLines(service, "available again"))
          .map((line) => Number(/(\d+) requests were not limited/.exec(line)?.[1]))
          .reduce((sum, requests) => sum + requests)
        assert.approximately(logged, seen.unlimited, 2 * services.length)
        for (const service of services) {
          // On a busy machine Redis may respond too late once more.
          assert.include([2, 3, 4], outages(service))
          assert.notInclude(service.output(), redis.password)
        }
        const ada = yield* tokenFor("ada")
        const answers = yield* Effect.forEach(
          [...services, ...services].flatMap((service) => Array(10).fill(service)),
          (service) => me(service, ada)
        )
        assert.lengthOf(
          answers.filter(({ status }) => status === 200),
          20
        )
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "start without Redis, and stop in time while it is frozen",
    () =>
      Effect.gen(function* () {
        const redis = yield* RedisServer.start
        yield* redis.kill
        const service = yield* serveOnPostgres({ REDIS_URL: redis.url, RATE_LIMIT: "10/hour", SHUTDOWN_TIMEOUT: "60" })
        const token = yield* tokenFor("ada")
        for (let n = 0; n < 15; n++) assert.strictEqual((yield* me(service, token)).status, 200)
        yield* redis.restart
        yield* until(async () => {
          const response = await fetch(`${service.url}/api/me`, { headers: { authorization: `Bearer ${token}` } })
          return response.status === 429
        })
        yield* redis.pause
        yield* me(service, token)
        yield* service.kill("SIGTERM")
        assert.strictEqual((yield* Effect.timeout(service.exit, "20 seconds")).code, 0)
      }).pipe(Effect.scoped),
    timeout
  )
})
