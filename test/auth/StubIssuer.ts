import { Duration, Effect, Layer, Logger } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
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
export const [first, second] = await Promise.all([makePair("first"), makePair("second")])

interface Signer {
  readonly kid: string | undefined
  readonly privateKey: CryptoKey
}

export const tokenOf = ({ kid, privateKey }: Signer, sub = "ada", alg = "EdDSA") =>
  Effect.promise(() =>
    new SignJWT({ sub })
      .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
      .setIssuer(origin)
      .setAudience(origin)
      .setExpirationTime(new Date(Date.UTC(2100, 0)))
      .sign(privateKey)
  )

/** An issuer whose response the test sets, and that counts requests. */
export class Issuer {
  requests = 0
  accept: string | undefined
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
        this.requests++
        this.accept = request.headers.accept
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

export const unreachable = () => Effect.fail(new Error("connection refused"))

export const withIssuer = <A, E>(issuer: Issuer, test: Effect.Effect<A, E, Auth>) =>
  test.pipe(
    Effect.provide(
      Auth.layerJwks({
        url: new URL(`${origin}/api/auth/jwks`),
        issuer: origin,
        audience: origin,
        refresh: Duration.minutes(5),
        maxStale: Duration.hours(1),
        cacheSize: 100
      }).pipe(Layer.provide([issuer.layer, Logger.layer([])]))
    )
  )

export const verify = Effect.fnUntraced(function* (token: string) {
  return (yield* (yield* Auth).verify(token)).id as string
})
export const refusal = (token: string) => Effect.map(Effect.flip(verify(token)), (error) => error._tag)
