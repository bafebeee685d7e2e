import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Allowance } from "../../src/domain/Allowance.ts"
import * as MemoryBuckets from "../../src/service/MemoryBuckets.ts"
import { type Limit, RateLimits } from "../../src/service/RateLimits.ts"

const limitOf = (user: Allowance, capacity?: number) =>
  Effect.gen(function* () {
    const services = yield* Layer.build(
      RateLimits.layer({ address: undefined, user }).pipe(Layer.provide(MemoryBuckets.layer(capacity)))
    )
    const { user: limit } = yield* Effect.provideContext(RateLimits, services)
    assert(limit !== undefined)
    return limit
  })

/** Where the caller stands: memory always knows. */
const take = Effect.fnUntraced(function* (limit: Limit, tokens = 1, key = "ada") {
  const standing = yield* limit.take(key, tokens)
  assert(standing !== undefined)
  return standing
})

/** Bytes of the heap that something still holds. */
const kept = () => {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
  return process.memoryUsage().heapUsed
}

const allowances: ReadonlyArray<Allowance> = [
  { tokens: 100, per: "minute" },
  { tokens: 7, per: "minute" },
  { tokens: 1, per: "second" },
  { tokens: 3, per: "hour" },
  { tokens: 999, per: "second" },
  { tokens: 12_345, per: "hour" }
]

describe("A bucket", () => {
  it.effect.each(allowances)("of $tokens a $per gives that many at once, and then tells the truth", (allowance) =>
    Effect.gen(function* () {
      // Not a time that divides by anything.
      yield* TestClock.setTime(1_795_000_123_457)
      const limit = yield* limitOf(allowance)
      for (let left = allowance.tokens - 1; left >= 0; left--) {
        assert.deepInclude(yield* take(limit), { isAllowed: true, remaining: left, retryAfter: 0 })
      }
      for (const tokens of [1, 1, Math.ceil(allowance.tokens / 3), allowance.tokens]) {
        const refused = yield* take(limit, tokens)
        assert.deepInclude(refused, { isAllowed: false, remaining: 0 })
        assert.isAtLeast(refused.untilFull, refused.retryAfter)
        // Not a moment earlier (but for rounding); and then there are as many as were asked for, and no more.
        const wait = Math.ceil(refused.retryAfter - 0.1)
        yield* TestClock.adjust(wait - 1)
        const early = yield* take(limit, tokens)
        assert.isFalse(early.isAllowed)
        assert.approximately(early.retryAfter, refused.retryAfter - wait + 1, 0.1)
        yield* TestClock.adjust(1)
        assert.isTrue((yield* take(limit, tokens)).isAllowed)
        // A millisecond may hold more than a token.
        const spare = yield* take(limit)
        if (allowance.per !== "second") assert.isFalse(spare.isAllowed)
        while ((yield* take(limit)).isAllowed);
      }
    })
  )

  it.effect("never gives more than it holds and what has run into it since", () =>
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
      // Nor does it keep back what is due: whoever asks this often gets nearly all of it.
      assert.isAtLeast(given, elapsed / 600 - 20)
    })
  )

  it.effect("is full after its time, whatever was taken, and says when", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 10, per: "minute" })
      assert.strictEqual((yield* take(limit, 4)).untilFull, 24_000)
      yield* TestClock.adjust(1_500)
      assert.deepInclude(yield* take(limit, 20), { isAllowed: false, remaining: 6, untilFull: 22_500 })
      yield* TestClock.adjust(22_500)
      assert.deepInclude(yield* take(limit, 10), { isAllowed: true, remaining: 0, untilFull: 60_000 })
    })
  )

  it.effect("gives what costs more than it holds when it is full", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 5, per: "minute" })
      assert.deepInclude(yield* take(limit, 20), { isAllowed: true, remaining: 0 })
      const { retryAfter } = yield* take(limit, 20)
      assert.strictEqual(retryAfter, 60_000)
      yield* TestClock.adjust(retryAfter)
      assert.isTrue((yield* take(limit, 20)).isAllowed)
    })
  )

  it.effect("keeps nobody out for longer than it takes to fill when the clock is set back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_795_000_000_000)
      const limit = yield* limitOf({ tokens: 5, per: "minute" })
      yield* take(limit, 5)
      yield* TestClock.setTime(1_794_000_000_000)
      assert.deepInclude(yield* take(limit), { isAllowed: false, retryAfter: 12_000, untilFull: 60_000 })
    })
  )

  it.effect("is one's own", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 1, per: "minute" })
      assert.isTrue((yield* take(limit, 1, "ada")).isAllowed)
      assert.isTrue((yield* take(limit, 1, "bob")).isAllowed)
      assert.isFalse((yield* take(limit, 1, "ada")).isAllowed)
    })
  )
})

describe("Buckets in memory", () => {
  it.effect("are kept while they are used, and forgotten when many others were used since", () =>
    Effect.gen(function* () {
      const limit = yield* limitOf({ tokens: 2, per: "hour" }, 10)
      yield* take(limit, 2, "idle")
      yield* take(limit, 1, "busy")
      assert.isFalse((yield* take(limit, 1, "idle")).isAllowed)
      for (let n = 0; n < 1_000; n++) {
        yield* take(limit, 1, `passer-by ${n}`)
        if (n === 1) assert.isTrue((yield* take(limit, 1, "busy")).isAllowed)
      }
      assert.isTrue((yield* take(limit, 1, "idle")).isAllowed)
    })
  )

  it.effect(
    "take no more room for a million addresses than for a hundred thousand",
    () =>
      Effect.gen(function* () {
        const limit = yield* limitOf({ tokens: 2, per: "hour" })
        const before = kept()
        for (let n = 0; n < 1_000_000; n++) yield* limit.take(`2001:db8:${n.toString(16)}::/64`, 1)
        // A million kept for good would be more than 100 MB.
        assert.isBelow(kept() - before, 64 * 1024 * 1024)
      }),
    300_000
  )
})
