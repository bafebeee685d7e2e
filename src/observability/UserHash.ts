import { hash } from "node:crypto"
import type { User } from "../domain/User.ts"

// The cache of verified tokens returns the same object for all requests with one token.
const hashes = new WeakMap<User, string>()

/**
 * A user's pseudonym in logs and traces: the first 16 digits of the SHA-256 of the id. It has no key, so that an
 * operator who knows an id finds its lines of every process with `sha256sum`. It hides ids, but does not
 * protect an id that can be guessed.
 */
export const userHash = (user: User): string => {
  const known = hashes.get(user)
  if (known !== undefined) return known
  const made = hash("sha256", user.id, "hex").slice(0, 16)
  hashes.set(user, made)
  return made
}
