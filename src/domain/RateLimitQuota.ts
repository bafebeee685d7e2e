import { Schema } from "effect"

/** How many seconds a bucket takes to fill, by the word for it. */
export const windowSeconds = { second: 1, minute: 60, hour: 3600 } as const

/** How often someone may ask: as if from a bucket of so many tokens that fills evenly, once in this time. */
export const RateLimitQuota = Schema.Struct({ tokens: Schema.Int, per: Schema.Literals(["second", "minute", "hour"]) })
export type RateLimitQuota = typeof RateLimitQuota.Type
