import { Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import { consumeTokens, onlyTokenBuckets } from "./TokenBucket.ts"

/**
 * Buckets of this process, at most so many. What is kept of one is when it will be full again.
 *
 * They are in two generations. When the young one has half of what may be kept it becomes the old one,
 * and the old one is forgotten with every bucket that was not used since. A forgotten bucket is a full one,
 * so a flood of addresses costs no memory and locks nobody out.
 */
export const layer = (capacity = 100_000) =>
  Layer.sync(RateLimiter.RateLimiterStore, () => {
    let young = new Map<string, number>()
    let old = new Map<string, number>()
    return {
      ...onlyTokenBuckets,
      tokenBucket: (options) =>
        Effect.clockWith((clock) => {
          const now = clock.currentTimeMillisUnsafe()
          const { key } = options
          const taken = consumeTokens((young.get(key) ?? old.get(key) ?? 0) - now, options)
          if (taken.isAllowed) young.set(key, now + taken.untilFull)
          if (young.size * 2 >= capacity) {
            old = young
            young = new Map()
          }
          return Effect.succeed(taken.answer)
        })
    }
  })
