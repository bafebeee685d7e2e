/** How many seconds a bucket takes to fill, by the word for it. */
export const windowSeconds = { second: 1, minute: 60, hour: 3600 } as const

export interface RateLimitQuota {
  readonly tokens: number
  readonly per: keyof typeof windowSeconds
}

/** A bucket of so many tokens, which fills evenly, once in so many seconds. */
export interface TokenBucket {
  readonly tokens: number
  readonly seconds: number
}

/** Times are in milliseconds. */
export interface RateLimitResult {
  readonly isAllowed: boolean
  /** Whole tokens left in the bucket. */
  readonly remaining: number
  /** Until the bucket has as many tokens as were requested; 0 if allowed. */
  readonly retryAfter: number
  readonly untilFull: number
}

// In milliseconds. The time for one token is seldom a whole number, and sums of such numbers are rounded.
const rounding = 0.1

/** Milliseconds until one token is added. */
export const intervalOf = ({ seconds, tokens }: TokenBucket) => (seconds * 1000) / tokens

/**
 * Takes tokens from a bucket that would be full in `untilFull` milliseconds. That one number is the whole
 * state of a bucket, and a full bucket need not be stored.
 */
export const consumeTokens = (untilFull: number, tokens: number, bucket: TokenBucket): RateLimitResult => {
  const interval = intervalOf(bucket)
  const capacity = bucket.tokens * interval
  // After the clock was set back, no client may wait longer than a bucket takes to fill.
  const missing = Math.min(Math.max(untilFull, 0), capacity)
  const available = Math.min(bucket.tokens, Math.floor((capacity - missing + rounding) / interval))
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
