import { Clock, Effect, Layer } from "effect"
import { LRUCache } from "lru-cache"
import { RateLimitStore } from "./RateLimitStore.ts"
import { type BucketSize, consumeTokens } from "./TokenBucket.ts"

/**
 * Buckets of one process. Above the capacity the least recently used bucket is removed, which is the same as
 * filling it: a flood of addresses neither fills the memory nor locks other clients out.
 */
export const layer = (capacity = 100_000) =>
  Layer.effect(
    RateLimitStore,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const fullAt = new LRUCache<string, number>({ max: capacity })
      const takeNow = (key: string, tokens: number, size: BucketSize) => {
        const now = clock.currentTimeMillisUnsafe()
        const result = consumeTokens((fullAt.peek(key) ?? 0) - now, tokens, size)
        // Both make it the most recently used one.
        if (result.isAllowed) fullAt.set(key, now + result.untilFull)
        else fullAt.get(key)
        return result
      }
      return {
        takeNow,
        take: (key, tokens, size) => Effect.sync(() => takeNow(key, tokens, size))
      }
    })
  )
