import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { type CryptoKey, errors, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify, type LocalJWKSet } from "jose"
import type { User } from "../domain/User.ts"
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

export interface SecretOptions {
  readonly secret: Redacted.Redacted
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
  /** How many verified tokens are remembered. */
  readonly cacheSize: number
}

export interface JwksOptions extends JwksProvider.JwksOptions {
  readonly issuer: string
  readonly audience: string
  readonly cacheSize: number
}

interface Claims {
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/** Checks one token. The algorithms are ours to name, never the token's; issuer and audience count where they are known. */
const check = (
  token: string,
  now: number,
  key: CryptoKey | JWTVerifyGetKey,
  algorithms: Array<string>,
  { audience, issuer }: Claims
): Promise<JWTVerifyResult> =>
  jwtVerify(token, key as JWTVerifyGetKey, {
    algorithms,
    requiredClaims: ["sub", "exp"],
    clockTolerance,
    currentDate: new Date(now),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience })
  })

/** What both kinds of tokens go through: their shape, what is remembered, the check, and the user they name. */
const verifier = <K>(
  cacheSize: number,
  keys: Effect.Effect<K, JwksProvider.JwksUnavailable>,
  verify: (token: string, now: number, keys: K) => Effect.Effect<JWTVerifyResult, InvalidToken>
) => {
  const verified = new VerifiedTokenCache(cacheSize)
  return Effect.fnUntraced(function* (
    token: string
  ): Effect.fn.Return<User, InvalidToken | JwksProvider.JwksUnavailable> {
    const fault = checkFormat(token)
    if (fault !== undefined) return yield* fault
    const keysNow = yield* keys
    const now = yield* Clock.currentTimeMillis
    const known = verified.find(token, keysNow, now)
    if (known !== undefined) return known
    const result = yield* verify(token, now, keysNow)
    const user = yield* Effect.try({ try: () => userFromClaims(result, now / 1000), catch: toInvalidToken })
    if (user instanceof InvalidToken) return yield* user
    verified.add(token, keysNow, user)
    return user
  })
}

/** Who a bearer token says the caller is. Nothing else in the service knows what a token looks like. */
export class Auth extends Context.Service<
  Auth,
  {
    verify(token: string): Effect.Effect<User, InvalidToken | JwksProvider.JwksUnavailable>
    /** Whether tokens can be checked at all. */
    readonly ready: Effect.Effect<void, JwksProvider.JwksUnavailable>
  }
>()("tasks/auth/Auth") {
  /** Tokens signed with a shared secret, by exactly HS256. */
  static readonly layerSecret = (options: SecretOptions) =>
    Layer.effect(
      Auth,
      Effect.gen(function* () {
        const secret = new TextEncoder().encode(Redacted.value(options.secret))
        const hmac = { name: "HMAC", hash: "SHA-256" }
        const key = yield* Effect.promise(() => crypto.subtle.importKey("raw", secret, hmac, false, ["verify"]))
        return {
          ready: Effect.void,
          verify: verifier(options.cacheSize, Effect.succeed(key), (token, now, key) =>
            Effect.tryPromise({ try: () => check(token, now, key, algorithms.secret, options), catch: toInvalidToken })
          )
        }
      })
    )

  /** Tokens signed by an issuer that publishes its keys. A key serves the algorithms of its own type only. */
  static readonly layerJwks = (options: JwksOptions) =>
    Layer.effect(
      Auth,
      Effect.gen(function* () {
        const keys = yield* JwksProvider.make(options)
        const attempt = (token: string, now: number, set: LocalJWKSet) =>
          Effect.tryPromise({
            try: () => check(token, now, set, algorithms.jwks, options),
            catch: (thrown) => thrown
          })
        return {
          ready: Effect.asVoid(keys.current),
          verify: verifier(options.cacheSize, keys.current, (token, now, known) =>
            attempt(token, now, known).pipe(
              // A new key is made at its first use: a token that names it comes before we could have heard of it.
              Effect.catchIf(
                (thrown) => thrown instanceof errors.JWKSNoMatchingKey,
                (thrown) =>
                  Effect.flatMap(keys.insteadOf(known), (set) =>
                    set === undefined ? Effect.fail(thrown) : attempt(token, now, set)
                  )
              ),
              Effect.mapError(toInvalidToken)
            )
          )
        }
      })
    )
}
