import { Duration, Effect } from "effect"
import type { RateLimiter } from "effect/persistence"

type Store = RateLimiter.RateLimiterStore["Service"]
type Taking = Parameters<Store["tokenBucket"]>[0]

// In milliseconds. The time a token takes is seldom a whole number of them, and sums of such times are rounded.
const rounding = 0.1

/**
 * What becomes of a bucket that would be full in `untilFull` milliseconds. One number is all there is to
 * a bucket, and one that is full need not be kept.
 */
export const consumeTokens = (untilFull: number, { limit, refillRate, tokens }: Omit<Taking, "key">) => {
  const interval = Duration.toMillis(refillRate)
  // A clock that was set back must not keep anyone out for longer than a bucket takes to fill.
  const missing = Math.min(Math.max(untilFull, 0), limit * interval)
  const present = limit * interval - missing
  const whole = Math.min(limit, Math.floor((present + rounding) / interval))
  const remaining = whole - tokens
  return {
    isAllowed: remaining >= 0,
    untilFull: missing + tokens * interval,
    /** As the store of a limiter says it: whole tokens, below zero where there were too few, and how far the next one is. */
    answer: [remaining, Math.max(0, present - whole * interval)] as const
  }
}

const unused = () => Effect.die("Only token buckets are kept")

/** The rest of a limiter's store, of which nothing is used here. */
export const onlyTokenBuckets = {
  fixedWindow: unused,
  adaptiveConsume: unused,
  adaptiveFeedback: unused
} satisfies Partial<Store>
