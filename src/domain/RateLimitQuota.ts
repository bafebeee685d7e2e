/** How many seconds a bucket takes to fill, by the word for it. */
export const windowSeconds = { second: 1, minute: 60, hour: 3600 } as const

/** A bucket of so many tokens, which fills evenly, once in this time. */
export interface RateLimitQuota {
  readonly tokens: number
  readonly per: keyof typeof windowSeconds
}
