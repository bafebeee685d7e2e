import { hash } from "node:crypto"
import { Context, Metric } from "effect"
import { LRUCache } from "lru-cache"
import type { Caller } from "../domain/User.ts"

interface Entry {
  readonly user: Caller
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** The keys that verified the token. After a change of keys the token is verified again. */
  readonly keys: unknown
}

const context = Context.empty()
const hits = Metric.counter("token_cache_hits_total", {
  description: "Tokens found in the cache of verified tokens",
  incremental: true
})
const misses = Metric.counter("token_cache_misses_total", {
  description: "Tokens whose signature had to be verified",
  incremental: true
})

/** Verified tokens and their users. Keyed by the token's SHA-256, so that a heap dump contains no usable token. */
export class VerifiedTokenCache {
  readonly #entries: LRUCache<string, Entry>

  constructor(capacity: number) {
    this.#entries = new LRUCache({ max: capacity })
    for (const counter of [hits, misses]) counter.updateUnsafe(0, context)
  }

  /** The user of a token that was verified with these keys and has not expired. `now` is in milliseconds. */
  find(token: string, keys: unknown, now: number): Caller | undefined {
    const entry = this.#entries.get(hash("sha256", token, "base64"))
    if (entry === undefined || entry.keys !== keys || entry.expiresAt <= now) return undefined
    hits.updateUnsafe(1, context)
    return entry.user
  }

  /** Not part of `find`, which runs twice for a token that is not in the cache. */
  countMiss(): void {
    misses.updateUnsafe(1, context)
  }

  add(token: string, keys: unknown, user: Caller): void {
    this.#entries.set(hash("sha256", token, "base64"), { user, keys, expiresAt: Date.parse(user.expires_at) })
  }
}
