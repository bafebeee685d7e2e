import { assert, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Auth } from "../../src/auth/Auth.ts"
import { first, Issuer, refusal, second, tokenOf, unreachable, verify, withIssuer } from "./StubIssuer.ts"

it.effect("fetches the keys once for many concurrent requests", () => {
  const issuer = new Issuer([first])
  issuer.answer = () => Effect.delay(issuer.publish([first]), "1 second")
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const token = yield* tokenOf(first)
      const many = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 50 }, () => verify(token)),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(new Set(yield* Fiber.join(many)), new Set(["ada"]))
      assert.strictEqual(issuer.requests, 1)
    })
  )
})

it.effect(
  "accepts tokens for maxStale while the issuer is unreachable, and then fails with JwksUnavailable",
  () => {
    const issuer = new Issuer([first])
    return withIssuer(
      issuer,
      Effect.gen(function* () {
        const known = yield* tokenOf(first)
        assert.strictEqual(yield* verify(known), "ada")
        issuer.answer = unreachable
        for (let minute = 1; minute <= 10; minute++) {
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(yield* verify(known), "ada")
          assert.strictEqual(yield* verify(yield* tokenOf(first, `new in minute ${minute}`)), `new in minute ${minute}`)
        }
        yield* TestClock.adjust("49 minutes")
        assert.strictEqual(yield* verify(yield* tokenOf(first, "late")), "late")
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual(yield* refusal(known), "JwksUnavailable")
        issuer.answer = () => issuer.publish([first])
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(yield* verify(known), "ada")
      })
    )
  },
  30_000
)

it.effect("accepts tokens of a new key at once, and tokens of the old key while the issuer publishes it", () => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const old = yield* tokenOf(first)
      assert.strictEqual(yield* verify(old), "ada")
      issuer.answer = () => issuer.publish([first, second])
      assert.strictEqual(yield* verify(yield* tokenOf(second, "bob")), "bob")
      assert.strictEqual(issuer.requests, 2)
      // The second is the media type of RFC 7517, which an issuer may send as well.
      assert.strictEqual(issuer.accept, "application/json, application/jwk-set+json")
      assert.strictEqual(yield* verify(old), "ada")
      assert.strictEqual(issuer.requests, 2)
    })
  )
})

it.effect("rejects tokens of a removed key after the next refresh, also cached ones", () => {
  const issuer = new Issuer([first, second])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const token = yield* tokenOf(first)
      assert.strictEqual(yield* verify(token), "ada")
      issuer.answer = () => issuer.publish([second])
      yield* TestClock.adjust("4 minutes")
      assert.strictEqual(yield* verify(token), "ada")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* refusal(token), "InvalidToken")
      assert.strictEqual(yield* verify(yield* tokenOf(second)), "ada")
    })
  )
})

it.effect("limits fetches for unknown key ids to three and then one every ten seconds", () => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      yield* verify(yield* tokenOf(first))
      const before = issuer.requests
      const made = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, n) => `made-up ${n}`),
        (kid) => tokenOf({ ...first, kid })
      )
      const flood = Effect.forEach(made, refusal, { concurrency: 10 })
      assert.deepStrictEqual(new Set(yield* flood), new Set(["InvalidToken"]))
      assert.isAtMost(issuer.requests - before, 3)
      for (let n = 0; n < 6; n++) {
        yield* TestClock.adjust("10 seconds")
        yield* flood
      }
      assert.isAtMost(issuer.requests - before, 9)
      // Also after the clock was set back.
      yield* TestClock.setTime((yield* Clock.currentTimeMillis) - 3_600_000)
      yield* flood
      const asked = issuer.requests
      yield* TestClock.adjust("10 seconds")
      yield* flood
      assert.isAbove(issuer.requests, asked)
      assert.strictEqual(yield* verify(yield* tokenOf(first, "bob")), "bob")
    })
  )
})

const noPoint = { kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA", kid: "first" }

it.effect.each([
  ["no key", () => Effect.succeed(Response.json({ keys: [] }))],
  ["no key list", () => Effect.succeed(Response.json({ error: "?" }))],
  ["an HTML page", () => Effect.succeed(new Response("<html>"))],
  ["an error", () => Effect.succeed(new Response("", { status: 500 }))],
  ["a symmetric key", () => Effect.succeed(Response.json({ keys: [{ kty: "oct", k: "c2VjcmV0", kid: "first" }] }))],
  ["a malformed key", () => Effect.succeed(Response.json({ keys: [{ ...first.jwk, x: "!!" }] }))],
  ["a key that is no point of its curve", () => Effect.succeed(Response.json({ keys: [noPoint] }))],
  ["more than 256 KiB", () => Effect.succeed(Response.json({ keys: [first.jwk], padding: "x".repeat(256 * 1024) }))],
  ["a response that never ends", () => Effect.never]
] as const)("keeps the last keys when the issuer responds with %s", ([, answer]) => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      yield* verify(yield* tokenOf(first))
      issuer.answer = answer
      yield* TestClock.adjust("6 minutes")
      assert.isAbove(issuer.requests, 2)
      assert.strictEqual(yield* verify(yield* tokenOf(first, "bob")), "bob")
    })
  )
})

it.effect("fails with JwksUnavailable until the first fetch succeeds", () => {
  const issuer = new Issuer([])
  issuer.answer = unreachable
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const token = yield* tokenOf(first)
      assert.strictEqual(yield* refusal(token), "JwksUnavailable")
      assert.strictEqual((yield* Effect.flip((yield* Auth).ready))._tag, "JwksUnavailable")
      issuer.answer = () => issuer.publish([first])
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* verify(token), "ada")
      yield* (yield* Auth).ready
    })
  )
})

it.effect("verifyCached finds a verified token only with the current keys and before it expires", () => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const auth = yield* Auth
      const token = yield* tokenOf(first)
      assert.isUndefined(auth.verifyCached(token, 0))
      yield* auth.verify(token)
      assert.strictEqual(auth.verifyCached(token, 0)?.id, "ada")
      assert.isUndefined(auth.verifyCached(`${token}x`, 0))
      assert.isUndefined(auth.verifyCached(token, Duration.toMillis("25 hours")))
      issuer.answer = () => issuer.publish([second])
      yield* TestClock.adjust("5 minutes")
      assert.isUndefined(auth.verifyCached(token, Duration.toMillis("5 minutes")))
    })
  )
})

it.effect.each(["EdDSA", "Ed25519", undefined, null])(
  "accepts EdDSA and Ed25519 tokens of a key published with alg %s",
  (alg) => {
    const issuer = new Issuer([])
    issuer.answer = () =>
      Effect.succeed(
        Response.json({ keys: [{ ...first.jwk, alg, ...(alg === null && { use: null, key_ops: null }) }, second.jwk] })
      )
    return withIssuer(
      issuer,
      Effect.gen(function* () {
        for (const kid of ["first", undefined]) {
          for (const name of ["EdDSA", "Ed25519"]) {
            assert.strictEqual(yield* verify(yield* tokenOf({ ...first, kid }, "ada", name)), "ada")
          }
        }
      })
    )
  }
)

it.effect("tries at most ten keys for a token without kid", () => {
  const issuer = new Issuer([])
  const publish = (count: number) => () => {
    const others = Array.from({ length: count }, (_, n) => ({ ...second.jwk, kid: `other ${n}` }))
    return Effect.succeed(Response.json({ keys: [...others, first.jwk] }))
  }
  issuer.answer = publish(9)
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const token = yield* tokenOf({ ...first, kid: undefined })
      assert.strictEqual(yield* verify(token), "ada")
      issuer.answer = publish(10)
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* refusal(token), "InvalidToken")
    })
  )
})

it.effect("is ready only while the issuer's clock differs by at most the tolerance", () => {
  const issuer = new Issuer([first])
  let offset = 0
  issuer.answer = () =>
    Effect.map(Effect.all([Clock.currentTimeMillis, issuer.publish([first])]), ([now, response]) => {
      response.headers.set("date", new Date(now + offset).toUTCString())
      return response
    })
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      for (const [skew, reason] of [
        [0, undefined],
        [30_000, undefined],
        [-30_000, undefined],
        [31_000, "the clocks of the issuer and of the service differ by 31 s"],
        [-3_600_000, "the clocks of the issuer and of the service differ by 3600 s"],
        [0, undefined]
      ] as const) {
        offset = skew
        yield* TestClock.adjust("5 minutes")
        const failure = yield* Effect.match((yield* Auth).ready, {
          onFailure: ({ message }) => message,
          onSuccess: () => undefined
        })
        assert.strictEqual(failure, reason)
        // Its keys stay valid: whether a token is, its own times decide.
        assert.strictEqual(yield* verify(yield* tokenOf(first)), "ada")
      }
    })
  )
})

it.effect("adds the age of a cached response to the issuer's clock", () => {
  const issuer = new Issuer([first])
  issuer.answer = () =>
    Effect.map(Effect.all([Clock.currentTimeMillis, issuer.publish([first])]), ([now, response]) => {
      response.headers.set("date", new Date(now - 600_000).toUTCString())
      response.headers.set("age", "600")
      return response
    })
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      yield* TestClock.adjust("5 minutes")
      yield* (yield* Auth).ready
    })
  )
})
