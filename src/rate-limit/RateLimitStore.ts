import { Clock, Context, Data, Effect, Layer } from "effect"
import { LRUCache } from "lru-cache"
import { consumeTokens, type RateLimitResult, type TokenBucket } from "../domain/TokenBucket.ts"

/** The store timed out or is unreachable. `message` is for operators. */
export class RateLimitStoreUnavailable extends Data.TaggedError("RateLimitStoreUnavailable")<{
  readonly message: string
}> {}

/** Where the token buckets are: in the memory of one process, or in Redis for several processes. */
export class RateLimitStore extends Context.Service<
  RateLimitStore,
  {
    /** Takes all the tokens, or none if the bucket has fewer. */
    take(key: string, tokens: number, size: TokenBucket): Effect.Effect<RateLimitResult, RateLimitStoreUnavailable>
    /** The same without a fiber, where the buckets are in memory. */
    takeNow?(key: string, tokens: number, size: TokenBucket): RateLimitResult
  }
>()("tasks/rate-limit/RateLimitStore") {
  /**
   * Buckets of one process. Above the capacity the least recently used bucket is removed, which is the same as
   * filling it: a flood of addresses neither fills the memory nor locks other clients out.
   */
  static readonly layerMemory = (capacity = 100_000) =>
    Layer.effect(
      RateLimitStore,
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        // With `max` it would allocate its whole capacity at once.
        const buckets = new LRUCache<string, { fullAt: number }>({ maxSize: capacity, sizeCalculation: () => 1 })
        const takeNow = (key: string, tokens: number, size: TokenBucket) => {
          const now = clock.currentTimeMillisUnsafe()
          const bucket = buckets.get(key)
          const result = consumeTokens((bucket?.fullAt ?? 0) - now, tokens, size)
          // A rejection changes a bucket only after the clock was set back: it would not be refilled until the old time.
          const fullAt = now + result.untilFull
          if (bucket !== undefined) bucket.fullAt = fullAt
          else if (result.isAllowed) buckets.set(key, { fullAt })
          return result
        }
        return {
          takeNow,
          take: (key, tokens, size) => Effect.sync(() => takeNow(key, tokens, size))
        }
      })
    )
}
