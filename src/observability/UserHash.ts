import { hash } from "node:crypto"
import type { User } from "../domain/User.ts"

const hashes = new WeakMap<User, string>()

/**
 * A user's name in logs and traces: the first 16 digits of the SHA-256 of the id. It has no key, so that an
 * operator who knows an id finds its lines, of every process and machine, with `sha256sum`. It keeps an id
 * from being read off, not one from being guessed.
 *
 * A verified token is remembered with its user, so it is hashed once for all requests that bring the token.
 */
export const userHash = (user: User): string => {
  const known = hashes.get(user)
  if (known !== undefined) return known
  const made = hash("sha256", user.id, "hex").slice(0, 16)
  hashes.set(user, made)
  return made
}
