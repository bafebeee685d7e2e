import { assert, describe, it } from "@effect/vitest"
import { VerifiedTokenCache } from "../../src/auth/VerifiedTokenCache.ts"
import { User, UserId } from "../../src/domain/User.ts"

const expiresAt = Date.UTC(2026, 10, 20)
const user = (id: string) =>
  User.make({ id: UserId.make(id), email: null, name: null, expires_at: new Date(expiresAt).toISOString() })
const keys = {}

describe("VerifiedTokenCache", () => {
  it("finds a token until it expires", () => {
    const cache = new VerifiedTokenCache(10)
    cache.add("token", keys, user("ada"))
    assert.strictEqual(cache.find("token", keys, expiresAt - 1)?.id, "ada")
    assert.isUndefined(cache.find("another", keys, expiresAt - 1))
    assert.isUndefined(cache.find("token", keys, expiresAt))
  })

  it("does not find a token after the keys changed", () => {
    const cache = new VerifiedTokenCache(10)
    cache.add("token", keys, user("ada"))
    assert.isUndefined(cache.find("token", {}, expiresAt - 1))
  })

  it("removes the least recently used token above its capacity", () => {
    const cache = new VerifiedTokenCache(3)
    for (const token of ["a", "b", "c"]) cache.add(token, keys, user(token))
    cache.find("a", keys, 0)
    cache.add("d", keys, user("d"))
    const left = ["a", "b", "c", "d"].filter((token) => cache.find(token, keys, 0) !== undefined)
    assert.deepStrictEqual(left, ["a", "c", "d"])
  })
})
