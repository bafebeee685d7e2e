import { assert, describe, it } from "@effect/vitest"
import { VerifiedTokenCache } from "../../src/auth/VerifiedTokenCache.ts"
import { User, UserId } from "../../src/domain/User.ts"

const ends = Date.UTC(2026, 10, 20)
const user = (id: string) =>
  User.make({ id: UserId.make(id), email: null, name: null, expires_at: new Date(ends).toISOString() })
const keys = {}

describe("A token that was found good", () => {
  it("is remembered until its end, with the keys it was found good with", () => {
    const verified = new VerifiedTokenCache(10)
    verified.add("token", keys, user("ada"))
    assert.strictEqual(verified.find("token", keys, ends - 1)?.id, "ada")
    assert.isUndefined(verified.find("another", keys, ends - 1))
    assert.isUndefined(verified.find("token", keys, ends))
    verified.add("token", keys, user("ada"))
    assert.isUndefined(verified.find("token", {}, ends - 1))
  })

  it("is forgotten when there are too many and it was not used for longest", () => {
    const verified = new VerifiedTokenCache(3)
    for (const token of ["a", "b", "c"]) verified.add(token, keys, user(token))
    verified.find("a", keys, 0)
    verified.add("d", keys, user("d"))
    const left = ["a", "b", "c", "d"].filter((token) => verified.find(token, keys, 0) !== undefined)
    assert.deepStrictEqual(left, ["a", "c", "d"])
  })
})
