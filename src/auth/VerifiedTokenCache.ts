import { hash } from "node:crypto"
import { Context, Metric } from "effect"
import type { User } from "../domain/User.ts"

interface Entry {
  readonly user: User
  readonly ends: number
  /** What it was verified with. With other keys it counts as never seen. */
  readonly keys: unknown
}

const context = Context.empty()
const hits = Metric.counter("token_cache_hits_total", {
  description: "Tokens that had been verified before",
  incremental: true
})
const misses = Metric.counter("token_cache_misses_total", {
  description: "Tokens whose signature had to be verified",
  incremental: true
})

/**
 * Tokens that were found good, so that the next request with one does no signature work. Known by
 * their SHA-256, good until their `exp`, and at most so many: the one not used for longest goes.
 */
export class VerifiedTokenCache {
  readonly #capacity: number
  // A Map remembers the order of insertion: what is used is inserted anew, so the first is the oldest.
  readonly #entries = new Map<string, Entry>()

  constructor(capacity: number) {
    this.#capacity = capacity
    for (const counter of [hits, misses]) counter.updateUnsafe(0, context)
  }

  /** The user of a token, if it was found good with these keys and has not ended. `now` is in milliseconds. */
  find(token: string, keys: unknown, now: number): User | undefined {
    const user = this.#find(token, keys, now)
    const counter = user === undefined ? misses : hits
    counter.updateUnsafe(1, context)
    return user
  }

  #find(token: string, keys: unknown, now: number): User | undefined {
    const key = hash("sha256", token, "base64")
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (entry.keys !== keys || entry.ends <= now) return undefined
    this.#entries.set(key, entry)
    return entry.user
  }

  add(token: string, keys: unknown, user: User): void {
    this.#entries.set(hash("sha256", token, "base64"), { user, keys, ends: Date.parse(user.expires_at) })
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value ?? "")
  }
}
