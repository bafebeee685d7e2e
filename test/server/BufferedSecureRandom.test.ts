import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import * as BufferedSecureRandom from "../../src/server/BufferedSecureRandom.ts"

const drawn = (sizes: ReadonlyArray<number>) =>
  Effect.flatMap(SecureRandom.SecureRandom, ({ randomBytes }) => Effect.forEach(sizes, randomBytes)).pipe(
    Effect.provide(Layer.fresh(BufferedSecureRandom.layer))
  )

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")

describe("BufferedSecureRandom", () => {
  it.effect("returns as many bytes as requested, also more than its buffer holds", () =>
    Effect.gen(function* () {
      const sizes = [0, 1, 16, 8192, 8193, 100_000]
      assert.deepStrictEqual(
        (yield* drawn(sizes)).map(({ length }) => length),
        sizes
      )
    })
  )

  it.effect("never returns the same bytes twice, also after the buffer is refilled", () =>
    Effect.gen(function* () {
      const all = (yield* drawn(Array.from({ length: 5_000 }, () => 16))).map(hex)
      assert.strictEqual(new Set(all).size, all.length)
    })
  )

  it.effect("does not change bytes that it returned before", () =>
    Effect.gen(function* () {
      const { randomBytes } = yield* SecureRandom.SecureRandom
      const first = yield* randomBytes(16)
      const before = hex(first)
      for (let n = 0; n < 2_000; n++) yield* randomBytes(16)
      assert.strictEqual(hex(first), before)
    }).pipe(Effect.provide(Layer.fresh(BufferedSecureRandom.layer)))
  )
})
