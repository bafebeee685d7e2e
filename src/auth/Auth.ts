import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { type CryptoKey, errors, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify, type LocalJWKSet } from "jose"
import type { Caller } from "../domain/User.ts"
import * as JwksProvider from "./JwksProvider.ts"
import {
  algorithms,
  checkFormat,
  clockTolerance,
  InvalidToken,
  toInvalidToken,
  userFromClaims
} from "./JwtValidation.ts"
import { VerifiedTokenCache } from "./VerifiedTokenCache.ts"

interface ExpectedClaims {
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

interface SecretOptions extends ExpectedClaims {
  readonly secret: Redacted.Redacted
  /** A secret that is being replaced: tokens signed with it stay valid until it is removed from the configuration. */
  readonly previousSecret?: Redacted.Redacted | undefined
  /** Maximum number of verified tokens in the cache. */
  readonly cacheSize: number
}

interface JwksOptions extends JwksProvider.JwksOptions {
  readonly issuer: string
  readonly audience: string
  readonly cacheSize: number
}

/** `algorithms` is always given: without it jose accepts every algorithm that fits the key. */
const verifyWith = (
  token: string,
  now: number,
  key: CryptoKey | JWTVerifyGetKey,
  algorithms: Array<string>,
  { audience, issuer }: ExpectedClaims
): Promise<JWTVerifyResult> =>
  jwtVerify(token, key as JWTVerifyGetKey, {
    algorithms,
    requiredClaims: ["sub", "exp"],
    clockTolerance,
    currentDate: new Date(now),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience })
  })

// Each key costs a signature verification, and any client can send a token without `kid`.
const maxCandidateKeys = 10

/** Verifies with the first of several keys that made the signature. */
const verifyWithAny = async (
  keys: Iterable<CryptoKey> | AsyncIterable<CryptoKey>,
  verify: (key: CryptoKey) => Promise<JWTVerifyResult>
): Promise<JWTVerifyResult> => {
  let candidates = 0
  for await (const key of keys) {
    if (candidates++ === maxCandidateKeys) break
    try {
      return await verify(key)
    } catch (thrown) {
      if (!(thrown instanceof errors.JWSSignatureVerificationFailed)) throw thrown
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

interface KeySource<Keys> {
  readonly current: Effect.Effect<Keys, JwksProvider.JwksUnavailable>
  /** The current keys without waiting for the issuer; `undefined` when they have to be fetched first. */
  readonly currentNow: (now: number) => Keys | undefined
}

const makeVerifier = <Keys>(
  cacheSize: number,
  source: KeySource<Keys>,
  verify: (token: string, now: number, keys: Keys) => Effect.Effect<JWTVerifyResult, InvalidToken>
) => {
  const cache = new VerifiedTokenCache(cacheSize)
  return {
    verifyCached: (token: string, nowMillis: number): Caller | undefined => {
      const keys = source.currentNow(nowMillis)
      return keys === undefined ? undefined : cache.find(token, keys, nowMillis)
    },
    verify: Effect.fnUntraced(function* (token: string) {
      const formatError = checkFormat(token)
      if (formatError !== undefined) return yield* formatError
      const keys = yield* source.current
      const now = yield* Clock.currentTimeMillis
      const cached = cache.find(token, keys, now)
      if (cached !== undefined) return cached
      cache.countMiss()
      const result = yield* verify(token, now, keys)
      const user = yield* Effect.try({ try: () => userFromClaims(result, now / 1000), catch: toInvalidToken })
      if (user instanceof InvalidToken) return yield* user
      cache.add(token, keys, user)
      return user
    })
  }
}

const importSecret = (secret: Redacted.Redacted) => {
  const bytes = new TextEncoder().encode(Redacted.value(secret))
  return Effect.promise(() =>
    crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"])
  )
}

/** Verifies bearer tokens. No other part of the service knows that they are JWTs. */
export class Auth extends Context.Service<
  Auth,
  {
    verify(token: string): Effect.Effect<Caller, InvalidToken | JwksProvider.JwksUnavailable>
    /**
     * The user of a token that is in the cache of verified tokens, with the current keys and not expired.
     * `undefined` says nothing about the token: call `verify`.
     */
    verifyCached(token: string, nowMillis: number): Caller | undefined
    /** Fails while tokens cannot be verified. */
    readonly ready: Effect.Effect<void, JwksProvider.JwksUnavailable>
  }
>()("tasks/auth/Auth") {
  /** Tokens signed with a shared secret: HS256 only. */
  static readonly layerSecret = (options: SecretOptions) =>
    Layer.effect(
      Auth,
      Effect.gen(function* () {
        const { cacheSize, previousSecret, secret } = options
        const secrets = previousSecret === undefined ? [secret] : [secret, previousSecret]
        const keys = yield* Effect.forEach(secrets, importSecret)
        const source = { current: Effect.succeed(keys), currentNow: () => keys }
        const verifier = makeVerifier(cacheSize, source, (token, now, keys) =>
          Effect.tryPromise({
            try: () => verifyWithAny(keys, (key) => verifyWith(token, now, key, algorithms.secret, options)),
            catch: toInvalidToken
          })
        )
        return { ready: Effect.void, ...verifier }
      })
    )

  /** Tokens signed by an issuer that publishes its keys as a JWKS. */
  static readonly layerJwks = (options: JwksOptions) =>
    Layer.effect(
      Auth,
      Effect.gen(function* () {
        const provider = yield* JwksProvider.make(options)
        const verifyWithSet = async (token: string, now: number, set: LocalJWKSet) => {
          const verify = (key: CryptoKey | JWTVerifyGetKey) => verifyWith(token, now, key, algorithms.jwks, options)
          try {
            return await verify(set)
          } catch (thrown) {
            if (!(thrown instanceof errors.JWKSMultipleMatchingKeys)) throw thrown
            return await verifyWithAny(thrown, verify)
          }
        }
        const attempt = (token: string, now: number, set: LocalJWKSet) =>
          Effect.tryPromise({ try: () => verifyWithSet(token, now, set), catch: (thrown) => thrown })
        return {
          ready: provider.ready,
          ...makeVerifier(options.cacheSize, provider, (token, now, set) =>
            attempt(token, now, set).pipe(
              // Better Auth creates a new key when it first signs with it: the first token precedes our next refresh.
              Effect.catchIf(
                (thrown) => thrown instanceof errors.JWKSNoMatchingKey,
                (thrown) =>
                  Effect.flatMap(provider.refreshAfterMiss(set), (newer) =>
                    newer === undefined ? Effect.fail(thrown) : attempt(token, now, newer)
                  )
              ),
              Effect.mapError(toInvalidToken)
            )
          )
        }
      })
    )
}
