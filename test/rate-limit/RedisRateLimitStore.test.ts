import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Layer, Logger, Redacted, Schedule, type Scope } from "effect"
import { createClient } from "redis"
import type { RateLimitQuota } from "../../src/domain/TokenBucket.ts"
import { RateLimiters, type RateLimitRule } from "../../src/rate-limit/RateLimiters.ts"
import * as RedisRateLimitStore from "../../src/rate-limit/RedisRateLimitStore.ts"
import { timeout } from "../support/Process.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as TcpProxy from "../support/TcpProxy.ts"

/** The limit of users in one process. */
const limitOn = (url: string, user: RateLimitQuota) =>
  Effect.gen(function* () {
    const store = RedisRateLimitStore.layer(Redacted.make(url))
    const services = yield* Layer.build(RateLimiters.layer({ address: undefined, user }).pipe(Layer.provide(store)))
    const { user: limit } = yield* Effect.provideContext(RateLimiters, services)
    assert(limit !== undefined)
    return limit
  })

const ask = (limit: RateLimitRule, tokens = 1) => limit.take("ada", tokens)

/** Waits until the limiter uses the store again. */
const assertLimited = (limit: RateLimitRule) =>
  ask(limit).pipe(
    Effect.filterOrFail((result) => result !== undefined),
    Effect.retry(Schedule.spaced("50 millis")),
    Effect.timeout("30 seconds")
  )

const onRedis = (
  name: string,
  test: (
    server: RedisServer.RedisServer,
    /** The log. */
    lines: ReadonlyArray<string>
  ) => Effect.Effect<unknown, unknown, Scope.Scope>
) =>
  it.live(
    name,
    () => {
      const lines: Array<string> = []
      const log = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
      return Effect.flatMap(RedisServer.start, (server) => test(server, lines)).pipe(Effect.scoped, Effect.provide(log))
    },
    timeout
  )

// They mostly wait, each for a server of its own.
describe.runIf(RedisServer.isAvailable)("RedisRateLimitStore", { concurrent: true }, () => {
  onRedis("allows a full bucket at once and then returns the time to wait", ({ url }) =>
    Effect.gen(function* () {
      // Refilled too slowly to be seen, and fast enough to wait for.
      const slow = yield* limitOn(url, { tokens: 3, per: "hour" })
      for (const remaining of [2, 1, 0]) {
        assert.deepInclude(yield* ask(slow), { isAllowed: true, remaining, retryAfter: 0 })
      }
      const fast = yield* limitOn(url, { tokens: 2, per: "second" })
      const take = Effect.map(fast.take("bob", 2), (result) => result ?? assert.fail("not limited"))
      const refused = yield* Effect.repeat(take, { while: ({ isAllowed }) => isAllowed })
      assert.isAtMost(refused.retryAfter, 1_000)
      yield* Effect.sleep(Math.ceil(refused.retryAfter))
      assert.isTrue((yield* take).isAllowed)
    })
  )

  onRedis("refills a bucket in its time after the clock of Redis was set back", ({ url }) =>
    Effect.gen(function* () {
      const client = createClient({ url })
      yield* Effect.acquireRelease(
        Effect.promise(() => client.connect()),
        () => Effect.sync(() => client.destroy())
      )
      yield* Effect.promise(() => client.set("tasks:limit:user:ada", String(Date.now() + 3_600_000)))
      const limit = yield* limitOn(url, { tokens: 1, per: "second" })
      assert.deepInclude(yield* ask(limit), { isAllowed: false, retryAfter: 1000 })
      yield* Effect.repeat(ask(limit), {
        until: (result) => result?.isAllowed === true,
        schedule: Schedule.spaced("50 millis")
      })
    })
  )

  onRedis("shares buckets between processes whose clocks differ", ({ url }) =>
    Effect.gen(function* () {
      const apart = (milliseconds: number) => {
        const clock: Clock.Clock = Object.create(Clock.Clock.defaultValue(), {
          currentTimeMillisUnsafe: { value: () => Date.now() + milliseconds }
        })
        return Effect.provideService(limitOn(url, { tokens: 4, per: "hour" }), Clock.Clock, clock)
      }
      const [slow, right, fast] = yield* Effect.all([apart(-3_600_000), apart(0), apart(3_600_000)])
      const left: Array<number | undefined> = []
      for (const limit of [fast, slow, right, fast, slow, right, fast]) left.push((yield* ask(limit))?.remaining)
      assert.deepStrictEqual(left, [3, 2, 1, 0, 0, 0, 0])
      for (const limit of [fast, slow, right]) {
        assert.approximately((yield* ask(limit))?.retryAfter ?? 0, 900_000, 60_000)
      }
    })
  )

  onRedis("lets Redis remove a bucket when it is full again", ({ url }) =>
    Effect.gen(function* () {
      const limit = yield* limitOn(url, { tokens: 10, per: "hour" })
      yield* ask(limit, 5)
      const client = createClient({ url })
      yield* Effect.acquireRelease(
        Effect.promise(() => client.connect()),
        () => Effect.sync(() => client.destroy())
      )
      const [bucket = "", ...others] = yield* Effect.promise(() => client.keys("*"))
      assert.isEmpty(others)
      assert.approximately(yield* Effect.promise(() => client.pTTL(bucket)), 1_800_000, 60_000)
    })
  )

  onRedis("fails open within 250 ms while Redis is frozen, and logs it once", (server, lines) =>
    Effect.gen(function* () {
      const limit = yield* limitOn(server.url, { tokens: 100, per: "hour" })
      yield* assertLimited(limit)
      yield* server.pause
      const asked = Effect.timed(ask(limit))
      const first = yield* Effect.all(
        Array.from({ length: 50 }, () => asked),
        { concurrency: "unbounded" }
      )
      // The next requests do not wait at all.
      const next = yield* Effect.forEach(Array.from({ length: 50 }), () => asked)
      for (const [took, result] of [...first, ...next]) {
        assert.isUndefined(result)
        assert.isBelow(Duration.toMillis(took), 5_000)
      }
      assert.isBelow(
        next.reduce((sum, [took]) => sum + Duration.toMillis(took), 0),
        5_000
      )
      yield* server.resume
      yield* assertLimited(limit)
      assert.lengthOf(lines, 2)
      assert.match(
        lines[0] ?? "",
        /^rate limit store unavailable, requests are not limited: Redis: no response within 250 ms$/
      )
      assert.match(lines[1] ?? "", /^rate limit store available again; \d{3} requests were not limited$/)
    })
  )

  onRedis("fails open while Redis is unreachable, and limits again afterwards", (server, lines) =>
    Effect.gen(function* () {
      const limit = yield* limitOn(server.url, { tokens: 100, per: "hour" })
      yield* assertLimited(limit)
      yield* server.kill
      for (let n = 0; n < 20; n++) assert.isUndefined(yield* ask(limit))
      yield* server.restart
      yield* assertLimited(limit)
      yield* server.kill
      yield* Effect.sleep("100 millis")
      assert.isUndefined(yield* ask(limit))
      assert.lengthOf(lines, 3)
      assert.match(lines[0] ?? "", /^rate limit store unavailable, requests are not limited: Redis: /)
      assert.match(lines[1] ?? "", /^rate limit store available again; \d+ requests were not limited$/)
      assert.notInclude(lines.join(), server.password)
    })
  )

  onRedis("starts without Redis and limits once Redis is reachable", (server, lines) =>
    Effect.gen(function* () {
      yield* server.kill
      const limit = yield* Effect.timeout(limitOn(server.url, { tokens: 100, per: "hour" }), "3 seconds")
      assert.isUndefined(yield* ask(limit))
      assert.match(lines.join(), /ECONNREFUSED/)
      yield* server.restart
      yield* assertLimited(limit)
    })
  )

  onRedis("reconnects after a connection was cut without a packet", (server) =>
    Effect.gen(function* () {
      const proxy = yield* TcpProxy.open(server.port)
      const limit = yield* limitOn(proxy.through(server.url), { tokens: 1000, per: "hour" })
      yield* assertLimited(limit)
      yield* proxy.blackhole
      assert.isUndefined(yield* ask(limit))
      yield* assertLimited(limit)
    })
  )

  onRedis("logs that the password is wrong without logging the password", (server, lines) =>
    Effect.gen(function* () {
      const limit = yield* limitOn(server.url.replace(server.password, "s3cret"), { tokens: 100, per: "hour" })
      assert.isUndefined(yield* ask(limit))
      assert.match(lines.join(), /WRONGPASS/)
      assert.notInclude(lines.join(), "s3cret")
    })
  )
})
