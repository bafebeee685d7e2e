import { Context, Data, type Effect } from "effect"
import type { RateLimitResult, TokenBucket } from "../domain/TokenBucket.ts"

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
>()("tasks/rate-limit/RateLimitStore") {}
