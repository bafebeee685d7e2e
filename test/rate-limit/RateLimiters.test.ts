import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import type { RateLimitQuota } from "../../src/domain/TokenBucket.ts"
import { RateLimiters, type RateLimitRule } from "../../src/rate-limit/RateLimiters.ts"
import { RateLimitStore } from "../../src/rate-limit/RateLimitStore.ts"

const limitOf = (user: RateLimitQuota, capacity?: number) =>
  Effect.gen(function* () {
    const services = yield* Layer.build(
      RateLimiters.layer({ address: undefined, user }).pipe(Layer.provide(RateLimitStore.layerMemory(capacity)))
    )
    const { user: limit } = yield* Effect.provideContext(RateLimiters, services)
    assert(limit !== undefined)
    return limit
  })

const take = Effect.fnUntraced(function* (limit: RateLimitRule, tokens = 1, key = "ada") {
  const standing = yield* limit.take(key, tokens)
  assert(standing !== undefined)
  return standing
})

/** Bytes of the heap after a garbage collection. */
const heapUsed = () => {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
  return process.memoryUsage().heapUsed
}

const quotas: ReadonlyArray<RateLimitQuota> = [
  { tokens: 100, per: "minute" },
  { tokens: 7, per: "minute" },
  { tokens: 1, per: "second" },
  { tokens: 3, per: "hour" },
  { tokens: 999, per: "second" },
  { tokens: 12_345, per: "hour" }
]

describe("RateLimiters with buckets in memory", () => {
  it.effect.each(quotas)("allows $tokens requests per $per at once and then returns the exact time to wait", (quota) =>
    Effect.gen(function* () {
      // Not a time that divides by anything.
      yield* TestClock.setTime(1_795_000_123_457)
      const limit = yield* limitOf(quota)
      for (let left = quota.tokens - 1; left >= 0; left--) {
        assert.deepInclude(yield* take(limit), { isAllowed: true, remaining: left, retryAfter: 0 })
      }
      for (const tokens of [1, 1, Math.ceil(quota.tokens / 3), quota.tokens]) {
        const refused = yield* take(limit, tokens)
        assert.deepInclude(refused, { isAllowed: false, remaining: 0 })
        assert.isAtLeast(refused.untilFull, refused.retryAfter)
        // Rejected a millisecond earlier (but for rounding), and then allowed once.
        const wait = Math.ceil(refused.retryAfter - 0.1)
        yield* TestClock.adjust(wait - 1)
        const early = yield* take(limit, tokens)
        assert.isFalse(early.isAllowed)
        assert.approximately(early.retryAfter, refused.retryAfter - wait + 1, 0.1)
        yield* TestClock.adjust(1)
        assert.isTrue((yield* take(limit, tokens)).isAllowed)
        // A millisecond may hold more than a token.
        const spare = yield* take(limit)
        if (quota.per !== "second") assert.isFalse(spare.isAllowed)
        while ((yield* take(limit)).isAllowed);
      }
    })
  )

  it.effect("never allows more than the bucket size plus the refill, nor much less", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 100, per: "minute" })
      let given = 0
      let elapsed = 0
      for (let n = 0; n < 20_000; n++) {
        // Steps of every size, without a random one.
        const step = (n * 7919) % 977
        yield* TestClock.adjust(step)
        elapsed += step
        const tokens = 1 + (n % 20)
        if ((yield* take(limit, tokens)).isAllowed) given += tokens
        assert.isAtMost(given, 100 + elapsed / 600)
      }
      // Requests as frequent as these receive nearly the whole refill.
      assert.isAtLeast(given, elapsed / 600 - 20)
    })
  )

  it.effect("returns when the bucket is full", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 10, per: "minute" })
      assert.strictEqual((yield* take(limit, 4)).untilFull, 24_000)
      yield* TestClock.adjust(1_500)
      assert.deepInclude(yield* take(limit, 20), { isAllowed: false, remaining: 6, untilFull: 22_500 })
      yield* TestClock.adjust(22_500)
      assert.deepInclude(yield* take(limit, 10), { isAllowed: true, remaining: 0, untilFull: 60_000 })
    })
  )

  it.effect("allows a cost above the bucket size when the bucket is full", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 5, per: "minute" })
      assert.deepInclude(yield* take(limit, 20), { isAllowed: true, remaining: 0 })
      const { retryAfter } = yield* take(limit, 20)
      assert.strictEqual(retryAfter, 60_000)
      yield* TestClock.adjust(retryAfter)
      assert.isTrue((yield* take(limit, 20)).isAllowed)
    })
  )

  it.effect("limits the wait to the time to fill a bucket after the clock was set back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_795_000_000_000)
      const limit = yield* limitOf({ tokens: 5, per: "minute" })
      yield* take(limit, 5)
      yield* TestClock.setTime(1_794_000_000_000)
      assert.deepInclude(yield* take(limit), { isAllowed: false, retryAfter: 12_000, untilFull: 60_000 })
      yield* TestClock.adjust("12 seconds")
      assert.isTrue((yield* take(limit)).isAllowed)
    })
  )

  it.effect("has one bucket per key", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 1, per: "minute" })
      assert.isTrue((yield* take(limit, 1, "ada")).isAllowed)
      assert.isTrue((yield* take(limit, 1, "bob")).isAllowed)
      assert.isFalse((yield* take(limit, 1, "ada")).isAllowed)
    })
  )
})

describe("RateLimitRule.takeNow", () => {
  it.effect("takes from the same bucket as take, without a fiber", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 5, per: "minute" })
      assert.deepInclude(limit.takeNow?.("ada", 2), { isAllowed: true, remaining: 3 })
      assert.deepInclude(yield* take(limit, 2), { isAllowed: true, remaining: 1 })
      assert.deepInclude(limit.takeNow?.("ada", 2), { isAllowed: false, remaining: 1, retryAfter: 12_000 })
      yield* TestClock.adjust(12_000)
      assert.isTrue(limit.takeNow?.("ada", 2).isAllowed)
    })
  )
})

describe("RateLimitStore.layerMemory", () => {
  it.effect("removes the least recently used bucket above its capacity", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 2, per: "hour" }, 10)
      yield* take(limit, 2, "idle")
      yield* take(limit, 1, "busy")
      assert.isFalse((yield* take(limit, 1, "idle")).isAllowed)
      for (let n = 0; n < 1_000; n++) {
        yield* take(limit, 1, `other ${n}`)
        if (n === 1) assert.isTrue((yield* take(limit, 1, "busy")).isAllowed)
      }
      assert.isTrue((yield* take(limit, 1, "idle")).isAllowed)
    })
  )

  it.effect(
    "needs no more memory for 400,000 addresses than for 100,000",
    () =>
      Effect.gen(function* () {
        const limit = yield* limitOf({ tokens: 2, per: "hour" })
        const takeFrom = Effect.fnUntraced(function* (first: number, last: number) {
          for (let n = first; n < last; n++) yield* limit.take(`2001:db8:${n.toString(16)}::/64`, 1)
          return heapUsed()
        })
        const before = yield* takeFrom(0, 100_000)
        // 300,000 more stored buckets would take more than 30 MB.
        assert.isBelow((yield* takeFrom(100_000, 400_000)) - before, 16 * 1024 * 1024)
      }),
    300_000
  )
})
