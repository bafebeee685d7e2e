import { createPublicKey } from "node:crypto"
import { Clock, Data, Duration, Effect, FiberHandle, Option, Predicate, Schema, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { createLocalJWKSet, type JWK, type LocalJWKSet } from "jose"
import { consumeTokens } from "../domain/TokenBucket.ts"
import { clockTolerance } from "./JwtValidation.ts"

/** Tokens cannot be verified because there are no current keys of the issuer. `message` is for operators. */
export class JwksUnavailable extends Data.TaggedError("JwksUnavailable")<{ readonly message: string }> {}

export interface JwksOptions {
  readonly url: URL
  /** Interval between two fetches. A key that the issuer removed is accepted for at most this long. */
  readonly refresh: Duration.Duration
  /** How long keys stay valid while the issuer is unreachable. */
  readonly maxStale: Duration.Duration
}

const fetchTimeout = Duration.seconds(3)
const retryInterval = Duration.seconds(5)

// Any client can send tokens with invented key ids. A key rotation needs one fetch; a flood of invented
// ids causes three fetches at once and then one every ten seconds.
const fetchBucket = { tokens: 3, seconds: 30 }

const text = Schema.String
const common = {
  kid: Schema.optionalKey(text),
  alg: Schema.optionalKey(text),
  use: Schema.optionalKey(Schema.Literal("sig")),
  key_ops: Schema.optionalKey(Schema.mutable(Schema.Tuple([Schema.Literal("verify")])))
}

/** A public key for one of the accepted algorithms. The schema drops all other members, above all private parts. */
const PublicKey = Schema.Union([
  Schema.Struct({ kty: Schema.Literal("OKP"), crv: Schema.Literal("Ed25519"), x: text, ...common }),
  Schema.Struct({
    kty: Schema.Literal("EC"),
    crv: Schema.Literals(["P-256", "P-384", "P-521"]),
    x: text,
    y: text,
    ...common
  }),
  // 65537 only. With the exponent 1 a signature is the padded digest, which any client can compute.
  Schema.Struct({ kty: Schema.Literal("RSA"), n: text, e: Schema.Literal("AQAB"), ...common })
])
type PublicKey = typeof PublicKey.Type
const decodePublicKey = Schema.decodeUnknownOption(PublicKey)

/** Whether the text in the members is a key: a point of the curve, for example. */
const isKey = Option.liftThrowable((key: PublicKey) => createPublicKey({ key: { ...key }, format: "jwk" }))

/** Some issuers publish members without a value as `null`. jose ignores those, too. */
const decodeKey = (key: unknown) =>
  Predicate.isObject(key)
    ? decodePublicKey(Object.fromEntries(Object.entries(key).filter(([, value]) => value !== null))).pipe(
        Option.filter((key) => Option.isSome(isKey(key)))
      )
    : Option.none()
const decodeSet = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ keys: Schema.Array(Schema.Unknown) }))
)

/** `EdDSA` and `Ed25519` (RFC 9864) name one algorithm here, but jose compares the names of key and token. */
const toJwk = (key: PublicKey): JWK => {
  if (key.kty !== "OKP" || !["EdDSA", "Ed25519"].includes(key.alg ?? "")) return key
  const { alg: _, ...withoutAlg } = key
  return withoutAlg
}

/** The difference to the issuer's clock in seconds, where the response has the time. A cache adds `Age` (RFC 9111, 5.1). */
const skewOf = ({ headers }: HttpClientResponse.HttpClientResponse, now: number) => {
  const time = Date.parse(headers.date ?? "") + Number(headers.age ?? 0) * 1000
  return Number.isNaN(time) ? undefined : Math.round(Math.abs(time - now) / 1000)
}

const tooLarge = Stream.fail(new JwksUnavailable({ message: "the response is larger than 256 KiB" }))

const readLimited = (response: HttpClientResponse.HttpClientResponse) =>
  response.stream.pipe(
    Stream.limitBytes<HttpClientError.HttpClientError | JwksUnavailable, never>("256 KiB", () => tooLarge),
    Stream.decodeText(),
    Stream.mkString,
    Effect.zipWith(Clock.currentTimeMillis, (body, now) => ({ body, skew: skewOf(response, now) }))
  )

// fetch() reports every failure as "fetch failed"; the system's error code is in the innermost cause.
const innermostMessage = (error: unknown): string => {
  if (HttpClientError.isHttpClientError(error) && error.reason._tag === "TransportError")
    return innermostMessage(error.reason.cause ?? new Error(error.reason.description))
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return innermostMessage(error.cause)
  return error.message || String(Reflect.get(error, "code") ?? error.name)
}

/** Fetches the keys once, and the skew of the issuer's clock. Redirects are refused: they could lead to another party's keys. */
export const fetchJwks = (url: URL) =>
  HttpClient.get(url, { accept: "application/json, application/jwk-set+json" }).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap(readLimited),
    Effect.timeoutOrElse({
      duration: fetchTimeout,
      orElse: () =>
        Effect.fail(new JwksUnavailable({ message: `no response within ${Duration.toSeconds(fetchTimeout)} s` }))
    }),
    Effect.mapError(
      (error) => new JwksUnavailable({ message: `the keys at ${url} cannot be fetched: ${innermostMessage(error)}` })
    ),
    Effect.flatMap(({ body, skew }) => {
      const keys = Option.map(decodeSet(body), ({ keys }) => keys.flatMap((key) => Option.toArray(decodeKey(key))))
      return Option.isSome(keys) && keys.value.length > 0
        ? Effect.succeed({ keys: keys.value, skew })
        : Effect.fail(new JwksUnavailable({ message: `the response of ${url} has no key for an accepted algorithm` }))
    }),
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "error" })
  )

/**
 * The issuer's keys, refreshed in the background by one fetch at a time. While the issuer is unreachable
 * the last keys stay valid, and a response without usable keys does not replace them.
 */
export const make = Effect.fnUntraced(function* ({ maxStale, refresh, url }: JwksOptions) {
  const fetching = yield* FiberHandle.make<void, JwksUnavailable>()
  const run = yield* FiberHandle.runtime(fetching)<HttpClient.HttpClient>()
  const isFetching = () => Option.isSome(FiberHandle.getUnsafe(fetching))
  const maxAge = Duration.toMillis(maxStale)
  let known: { readonly set: LocalJWKSet; readonly text: string; readonly fetchedAt: number } | undefined
  let isFailing = false
  let clockSkew = 0

  const load = Effect.gen(function* () {
    const { keys, skew = 0 } = yield* fetchJwks(url)
    const text = JSON.stringify(keys)
    const fetchedAt = yield* Clock.currentTimeMillis
    // Unchanged keys stay the same object, so that the cache of verified tokens stays valid.
    const set = known?.text === text ? known.set : createLocalJWKSet({ keys: keys.map(toJwk) })
    known = { set, text, fetchedAt }
    clockSkew = skew
    if (isFailing) yield* Effect.logInfo(`the keys at ${url} can be fetched again`)
    isFailing = false
  }).pipe(
    Effect.tapError(({ message }) => {
      const isFirst = !isFailing
      isFailing = true
      return isFirst ? Effect.logWarning(message) : Effect.void
    })
  )

  const fetch = Effect.suspend(() => {
    run(load, { onlyIfMissing: true })
    return FiberHandle.awaitEmpty(fetching)
  })

  let fullAt = 0
  const mayFetch = Effect.map(Clock.currentTimeMillis, (now) => {
    if (isFetching()) return true
    const { isAllowed, untilFull } = consumeTokens(fullAt - now, 1, fetchBucket)
    fullAt = now + untilFull
    return isAllowed
  })

  /** The last valid keys, or `undefined` if they have to be fetched. `now` is in milliseconds. */
  const currentNow = (now: number) => (known !== undefined && now - known.fetchedAt <= maxAge ? known.set : undefined)
  const find = Effect.map(Clock.currentTimeMillis, currentNow)

  /** The last valid keys. Without any, waits for the fetch in progress. */
  const current = Effect.gen(function* () {
    const set = yield* find
    if (set !== undefined) return set
    if (yield* mayFetch) yield* fetch
    return (yield* find) ?? (yield* new JwksUnavailable({ message: `there are no current keys of ${url}` }))
  })

  /** Fails without current keys, and while the issuer's clock differs too much for its tokens to be accepted. */
  const ready = Effect.flatMap(current, () =>
    clockSkew <= clockTolerance
      ? Effect.void
      : Effect.fail(
          new JwksUnavailable({ message: `the clocks of the issuer and of the service differ by ${clockSkew} s` })
        )
  )

  /** Newer keys than these, after a token named a key that they do not have. */
  const refreshAfterMiss = Effect.fnUntraced(function* (set: LocalJWKSet) {
    const wasFetching = isFetching()
    if (known?.set === set && (yield* mayFetch)) yield* fetch
    // The issuer may have responded to the fetch in progress before it created the key.
    if (wasFetching && known?.set === set && (yield* mayFetch)) yield* fetch
    return known?.set === set ? undefined : known?.set
  })

  yield* fetch.pipe(
    Effect.flatMap(() => Effect.sleep(isFailing ? retryInterval : refresh)),
    Effect.forever,
    // Without this the first request would start a fetch of its own.
    Effect.forkScoped({ startImmediately: true })
  )
  return { current, currentNow, refreshAfterMiss, ready }
})
