import { randomFillSync } from "node:crypto"
import { Layer } from "effect"
import { SecureRandom } from "effect/crypto"

// As much as a few hundred ids need: asking the system for each of them costs more than all else about an id.
const pool = Buffer.alloc(8 * 1024)

/** Secure random bytes, drawn from the system in larger pieces. None is given out twice, and none stays in the pool. */
const randomBytes = () => {
  let next = pool.length
  return (size: number): Uint8Array => {
    if (size > pool.length) return randomFillSync(new Uint8Array(size))
    if (next + size > pool.length) {
      randomFillSync(pool)
      next = 0
    }
    const bytes = Uint8Array.prototype.slice.call(pool, next, next + size)
    pool.fill(0, next, next + size)
    next += size
    return bytes
  }
}

export const layer = Layer.sync(SecureRandom.SecureRandom, () => SecureRandom.make(randomBytes()))
