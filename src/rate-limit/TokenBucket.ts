import type { RateLimitResult } from "./RateLimiters.ts"

export interface BucketSize {
  /** Tokens in a full bucket. */
  readonly limit: number
  /** Milliseconds until one token is added. */
  readonly interval: number
}

// In milliseconds. The interval is seldom a whole number, and sums of such numbers are rounded.
const rounding = 0.1

/**
 * Takes tokens from a bucket that would be full in `untilFull` milliseconds. That one number is the whole
 * state of a bucket, and a full bucket need not be stored.
 */
export const consumeTokens = (untilFull: number, tokens: number, { interval, limit }: BucketSize): RateLimitResult => {
  const capacity = limit * interval
  // After the clock was set back, no client may wait longer than a bucket takes to fill.
  const missing = Math.min(Math.max(untilFull, 0), capacity)
  const available = Math.min(limit, Math.floor((capacity - missing + rounding) / interval))
  const isAllowed = available >= tokens
  return isAllowed
    ? { isAllowed, remaining: available - tokens, retryAfter: 0, untilFull: missing + tokens * interval }
    : {
        isAllowed,
        remaining: available,
        retryAfter: Math.max(0, tokens * interval - (capacity - missing)),
        untilFull: missing
      }
}
