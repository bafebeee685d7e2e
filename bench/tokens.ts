// How long it takes to tell who a token is: the first time (cold: shape, signature, claims) and again
// (warm: remembered). Prints microseconds. Run alone: node bench/tokens.ts
import { Duration, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { Auth } from "../src/auth/Auth.ts"

const count = 20_000
const issuer = "https://issuer.example"
const secret = "kB7pWmX2cVq9RtZ4sLf8hJd3nGy6aE1u"

const pairs = await Promise.all(
  ["EdDSA", "ES256", "ES512", "RS256", "PS256"].map(async (alg) => ({ alg, ...(await generateKeyPair(alg)) }))
)
const keys = await Promise.all(
  pairs.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), alg, kid: alg }))
)
const publishes = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ keys }))))
)

const jwks = Auth.layerJwks({
  url: new URL(`${issuer}/api/auth/jwks`),
  issuer,
  audience: issuer,
  refresh: Duration.minutes(5),
  maxStale: Duration.days(1),
  cacheSize: count
}).pipe(Layer.provide(publishes))
const shared = Auth.layerSecret({ secret: Redacted.make(secret), issuer, audience: issuer, cacheSize: count })

const tokens = (alg: string, key: Parameters<SignJWT["sign"]>[0]) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      new SignJWT({ email: `user${n}@example.com`, name: `User ${n}` })
        .setProtectedHeader({ alg, kid: alg })
        .setSubject(`user${n}`)
        .setIssuer(issuer)
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime("15 minutes")
        .sign(key)
    )
  )

const quantile = (sorted: Float64Array, q: number) => (sorted[Math.floor((sorted.length - 1) * q)] ?? 0).toFixed(1)

/** One token after the other, each timed on its own. */
const time = Effect.fnUntraced(function* (label: string, all: ReadonlyArray<string>) {
  const auth = yield* Auth
  const times = new Float64Array(all.length)
  for (const [n, token] of all.entries()) {
    const start = process.hrtime.bigint()
    yield* auth.verify(token)
    times[n] = Number(process.hrtime.bigint() - start) / 1000
  }
  times.sort()
  process.stdout.write(
    `${label.padEnd(12)} p50 ${quantile(times, 0.5).padStart(7)}  p99 ${quantile(times, 0.99).padStart(7)}  max ${quantile(times, 1).padStart(8)}\n`
  )
})

const secretKey = new TextEncoder().encode(secret)
process.stdout.write(`${count} tokens each, microseconds, Node ${process.version}\n`)
for (const { alg, key, layer } of [
  { alg: "HS256", key: secretKey, layer: shared },
  ...pairs.map(({ alg, privateKey }) => ({ alg, key: privateKey, layer: jwks }))
]) {
  const all = await tokens(alg, key)
  await Effect.runPromise(
    Effect.gen(function* () {
      // Unmeasured: the machine code is made on the first few hundred.
      const auth = yield* Auth
      yield* Effect.forEach(all.slice(0, 2000), (token) => auth.verify(token), { discard: true })
      yield* time(`${alg} cold`, all.slice(2000))
      yield* time(`${alg} warm`, all.slice(2000))
    }).pipe(Effect.provide(layer))
  )
}
