import { Clock, Data, Duration, Effect, Exit, Fiber, Option, Schema, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { createLocalJWKSet, type JWK, type LocalJWKSet } from "jose"

/** Whether a token is good cannot be said: the issuer's keys are not there. `message` is for the operator. */
export class JwksUnavailable extends Data.TaggedError("JwksUnavailable")<{ readonly message: string }> {}

export interface JwksOptions {
  readonly url: URL
  /** How often the keys are fetched anew: so long at most does a key verify that the issuer has removed. */
  readonly refresh: Duration.Duration
  /** How long keys are good without the issuer confirming them. */
  readonly keep: Duration.Duration
}

export interface JwksProvider {
  /** The last good keys; where there are none yet, what the issuer answers to a question under way. */
  readonly current: Effect.Effect<LocalJWKSet, JwksUnavailable>
  /** Other keys than these, where the issuer has some and may be asked now. */
  readonly insteadOf: (known: LocalJWKSet) => Effect.Effect<LocalJWKSet | undefined>
}

const fetchTimeout = Duration.seconds(5)
const maxBytes = 256 * 1024
const retryAfter = Duration.seconds(5)

// Strangers decide which key ids their tokens name. A rotation needs one question; what a flood of
// made-up ids can cost the issuer is three at once, and then one every ten seconds.
const burst = 3
const refill = Duration.toMillis(Duration.seconds(10))

const text = Schema.String
const common = {
  kid: Schema.optionalKey(text),
  alg: Schema.optionalKey(text),
  use: Schema.optionalKey(Schema.Literal("sig")),
  key_ops: Schema.optionalKey(Schema.mutable(Schema.Tuple([Schema.Literal("verify")])))
}

/** A public key that signs by one of our algorithms. Nothing else of it is kept, least of all a private part. */
const PublicKey = Schema.Union([
  Schema.Struct({ kty: Schema.Literal("OKP"), crv: Schema.Literal("Ed25519"), x: text, ...common }),
  Schema.Struct({ kty: Schema.Literal("EC"), crv: Schema.Literals(["P-256", "P-521"]), x: text, y: text, ...common }),
  // The exponent is 65537, as everybody's is: with 1 a signature is the padded digest, for anyone to write.
  Schema.Struct({ kty: Schema.Literal("RSA"), n: text, e: Schema.Literal("AQAB"), ...common })
])
const decodeKey = Schema.decodeUnknownOption(PublicKey)
const decodeSet = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ keys: Schema.Array(Schema.Unknown) }))
)

const readLimited = Effect.fnUntraced(function* ({ stream }: HttpClientResponse.HttpClientResponse) {
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* Stream.runForEach(stream, (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    return size > maxBytes
      ? Effect.fail(new JwksUnavailable({ message: "the answer is larger than 256 KiB" }))
      : Effect.void
  })
  return Buffer.concat(chunks).toString()
})

/** Asks the issuer once. A redirect is refused: it could lead to keys of somebody else. */
export const fetchJwks = (url: URL) =>
  HttpClient.get(url, { accept: "application/json" }).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap(readLimited),
    Effect.timeout(fetchTimeout),
    Effect.mapError((error) => new JwksUnavailable({ message: `the keys at ${url} cannot be had: ${error.message}` })),
    Effect.flatMap((body) => {
      const keys = Option.map(decodeSet(body), ({ keys }) => keys.flatMap((key) => Option.toArray(decodeKey(key))))
      return Option.isSome(keys) && keys.value.length > 0
        ? Effect.succeed(keys.value)
        : Effect.fail(new JwksUnavailable({ message: `the answer at ${url} has no key that signs by our algorithms` }))
    }),
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "error" })
  )

/**
 * The issuer's keys, kept fresh in the background. One question at a time; what was good stays good
 * while the issuer is away, and an answer without usable keys does not replace it.
 */
export const make = Effect.fnUntraced(function* ({ keep, refresh, url }: JwksOptions) {
  const context = yield* Effect.context<HttpClient.HttpClient>()
  const scope = yield* Effect.scope
  let known: { readonly set: LocalJWKSet; readonly text: string; readonly at: number } | undefined
  let asking: Fiber.Fiber<void, JwksUnavailable> | undefined
  let isOut = false

  const load = Effect.gen(function* () {
    const keys = yield* fetchJwks(url)
    const text = JSON.stringify(keys)
    const at = yield* Clock.currentTimeMillis
    // The same keys stay the same object: what was verified with them stays verified.
    known = { set: known?.text === text ? known.set : createLocalJWKSet({ keys: keys as Array<JWK> }), text, at }
    if (isOut) yield* Effect.logInfo("the issuer's keys are back")
    isOut = false
  }).pipe(
    Effect.tapError(({ message }) => {
      const isNews = !isOut
      isOut = true
      return isNews ? Effect.logWarning(message) : Effect.void
    })
  )

  const ask = Effect.suspend(() => {
    if (asking !== undefined) return Fiber.await(asking)
    const fiber = Fiber.runIn(Effect.runForkWith(context)(load), scope)
    asking = fiber
    fiber.addObserver(() => {
      asking = undefined
    })
    return Fiber.await(fiber)
  })

  let tokens = burst
  let filledAt = yield* Clock.currentTimeMillis
  const mayAsk = Effect.map(Clock.currentTimeMillis, (now) => {
    if (asking !== undefined) return true
    const refilled = Math.floor((now - filledAt) / refill)
    if (refilled > 0) {
      tokens = Math.min(burst, tokens + refilled)
      filledAt += refilled * refill
    }
    return tokens > 0 && tokens-- > 0
  })

  const current = Effect.gen(function* () {
    const isGood = Effect.map(
      Clock.currentTimeMillis,
      (now) => known !== undefined && now - known.at <= Duration.toMillis(keep)
    )
    if (!(yield* isGood) && (yield* mayAsk)) yield* ask
    if (known !== undefined && (yield* isGood)) return known.set
    return yield* new JwksUnavailable({ message: "the issuer's keys are not there" })
  })

  const insteadOf = Effect.fnUntraced(function* (set: LocalJWKSet) {
    const wasAsking = asking !== undefined
    if (known?.set === set && (yield* mayAsk)) yield* ask
    // What was under way when we came may have been answered before the key was made.
    if (wasAsking && known?.set === set && (yield* mayAsk)) yield* ask
    return known?.set === set ? undefined : known?.set
  })

  yield* ask.pipe(
    Effect.flatMap((exit) => Effect.sleep(Exit.isSuccess(exit) ? refresh : retryAfter)),
    Effect.forever,
    // At once, so that nobody who comes first asks beside it.
    Effect.forkScoped({ startImmediately: true })
  )
  return { current, insteadOf } satisfies JwksProvider
})
