import { assert, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Logger } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose"
import { Auth } from "../../src/auth/Auth.ts"

const origin = "https://issuer.example"

interface Pair {
  readonly kid: string
  readonly jwk: JWK
  readonly privateKey: CryptoKey
}

const makePair = async (kid: string): Promise<Pair> => {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA")
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "EdDSA" } }
}
const [first, second] = await Promise.all([makePair("first"), makePair("second")])

const tokenOf = ({ kid, privateKey }: Pair, sub = "ada") =>
  Effect.promise(() =>
    new SignJWT({ sub })
      .setProtectedHeader({ alg: "EdDSA", kid })
      .setIssuer(origin)
      .setAudience(origin)
      .setExpirationTime(new Date(Date.UTC(2100, 0)))
      .sign(privateKey)
  )

/** An issuer whose answer a test decides, and that counts how often it was asked. */
class Issuer {
  asked = 0
  answer: () => Effect.Effect<Response, Error>

  constructor(keys: ReadonlyArray<Pair>) {
    this.answer = () => this.publish(keys)
  }

  publish(keys: ReadonlyArray<Pair>) {
    return Effect.succeed(Response.json({ keys: keys.map(({ jwk }) => jwk) }))
  }

  readonly layer = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.suspend(() => {
        this.asked++
        return this.answer()
      }).pipe(
        Effect.mapBoth({
          onFailure: (cause) =>
            new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) }),
          onSuccess: (response) => HttpClientResponse.fromWeb(request, response)
        })
      )
    )
  )
}

const away = () => Effect.fail(new Error("the issuer is away"))

const withIssuer = <A, E>(issuer: Issuer, test: Effect.Effect<A, E, Auth>) =>
  test.pipe(
    Effect.provide(
      Auth.layerJwks({
        url: new URL(`${origin}/api/auth/jwks`),
        issuer: origin,
        audience: origin,
        refresh: Duration.minutes(5),
        keep: Duration.hours(24),
        cacheSize: 100
      }).pipe(Layer.provide([issuer.layer, Logger.layer([])]))
    )
  )

const verify = Effect.fnUntraced(function* (token: string) {
  return (yield* (yield* Auth).verify(token)).id as string
})
const refusal = (token: string) => Effect.map(Effect.flip(verify(token)), (error) => error._tag)

it.effect("the issuer is asked once for many requests at once", () => {
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
      assert.strictEqual(issuer.asked, 1)
    })
  )
})

it.effect("ten minutes and a day without the issuer lose no request, and then it is told that keys are missing", () => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const known = yield* tokenOf(first)
      assert.strictEqual(yield* verify(known), "ada")
      issuer.answer = away
      for (let minute = 1; minute <= 10; minute++) {
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* verify(known), "ada")
        assert.strictEqual(yield* verify(yield* tokenOf(first, `new in minute ${minute}`)), `new in minute ${minute}`)
      }
      yield* TestClock.adjust("23 hours")
      assert.strictEqual(yield* verify(yield* tokenOf(first, "late")), "late")
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* refusal(known), "JwksUnavailable")
      issuer.answer = () => issuer.publish([first])
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* verify(known), "ada")
    })
  )
})

it.effect("a token signed with a new key is good at once, and the old key's as long as it is published", () => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      const old = yield* tokenOf(first)
      assert.strictEqual(yield* verify(old), "ada")
      issuer.answer = () => issuer.publish([first, second])
      assert.strictEqual(yield* verify(yield* tokenOf(second, "bob")), "bob")
      assert.strictEqual(issuer.asked, 2)
      assert.strictEqual(yield* verify(old), "ada")
      assert.strictEqual(issuer.asked, 2)
    })
  )
})

it.effect("a key that the issuer removed verifies nothing after the next refresh, not even what was remembered", () => {
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

it.effect("a flood of made-up keys costs the issuer three questions and then one in ten seconds", () => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      yield* verify(yield* tokenOf(first))
      const before = issuer.asked
      const made = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, n) => `made-up ${n}`),
        (kid) => tokenOf({ ...first, kid })
      )
      const flood = Effect.forEach(made, refusal, { concurrency: 10 })
      assert.deepStrictEqual(new Set(yield* flood), new Set(["InvalidToken"]))
      assert.isAtMost(issuer.asked - before, 3)
      for (let n = 0; n < 6; n++) {
        yield* TestClock.adjust("10 seconds")
        yield* flood
      }
      assert.isAtMost(issuer.asked - before, 9)
      assert.strictEqual(yield* verify(yield* tokenOf(first, "bob")), "bob")
    })
  )
})

it.effect.each([
  ["no key", () => Effect.succeed(Response.json({ keys: [] }))],
  ["no list of keys", () => Effect.succeed(Response.json({ error: "?" }))],
  ["a page", () => Effect.succeed(new Response("<html>"))],
  ["an error", () => Effect.succeed(new Response("", { status: 500 }))],
  [
    "a key of another kind",
    () => Effect.succeed(Response.json({ keys: [{ kty: "oct", k: "c2VjcmV0", kid: "first" }] }))
  ],
  ["more than 256 KiB", () => Effect.succeed(Response.json({ keys: [first.jwk], padding: "x".repeat(256 * 1024) }))],
  ["nothing for too long", () => Effect.never]
] as const)("an issuer that answers with %s does not take good keys away", ([, answer]) => {
  const issuer = new Issuer([first])
  return withIssuer(
    issuer,
    Effect.gen(function* () {
      yield* verify(yield* tokenOf(first))
      issuer.answer = answer
      yield* TestClock.adjust("20 minutes")
      assert.isAbove(issuer.asked, 2)
      assert.strictEqual(yield* verify(yield* tokenOf(first, "bob")), "bob")
    })
  )
})

it.effect("without keys from the start no token is judged, and with the first answer all are", () => {
  const issuer = new Issuer([])
  issuer.answer = away
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
