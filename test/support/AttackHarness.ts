import { assert } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Redacted, References } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Auth } from "../../src/auth/Auth.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import type { Attack } from "../auth/attacks/Attack.ts"
import { HttpTestClient, noRepositories, type TestResponse } from "./HttpTestClient.ts"
import { attackers, audience, issuer, jwkOf, jwksUrl, marker, now, secret } from "./Issuer.ts"
import type { ProtectedEndpoint } from "./ProtectedEndpoints.ts"

/** Every URL from which keys were requested. */
export const requestedUrls: Array<string> = []

const attackersKeys = () => Response.json({ keys: Object.values(attackers).map((key) => jwkOf(key)) })

// A fetch that bypasses the provided client receives the attacker's keys, too.
globalThis.fetch = (input) => {
  requestedUrls.push(input instanceof Request ? input.url : String(input))
  return Promise.resolve(attackersKeys())
}

/** Returns the issuer's keys at the issuer's address, and the attacker's keys at every other address. */
export const issuerLayer = (keys: () => ReadonlyArray<unknown>) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) => {
      requestedUrls.push(url.href)
      const answer = url.href === jwksUrl.href ? Response.json({ keys: keys() }) : attackersKeys()
      return Effect.succeed(HttpClientResponse.fromWeb(request, answer))
    })
  )

const atNow = Layer.effectDiscard(TestClock.setTime(now * 1000))

export const authWithKeys = (keys: () => ReadonlyArray<unknown>) =>
  Auth.layerJwks({
    url: jwksUrl,
    issuer,
    audience,
    cacheSize: 10,
    refresh: Duration.minutes(5),
    maxStale: Duration.hours(1)
  }).pipe(Layer.provide([issuerLayer(keys), atNow]))

export const authWithSecret = Auth.layerSecret({ secret: Redacted.make(secret), issuer, audience, cacheSize: 10 }).pipe(
  Layer.provide(atNow)
)

const lines: Array<string> = []
const log = Layer.merge(
  Logger.layer([Logger.make((entry) => void lines.push(Logger.formatJson.log(entry)))]),
  Layer.succeed(References.MinimumLogLevel, "All")
)

/** The API without repositories: a request that passes authentication dies, which is a 500. */
export const layerWithAuth = <E, R>(auth: Layer.Layer<Auth, E, R>) =>
  HttpTestClient.layerWith(
    Layer.mergeAll(noRepositories, Readiness.layer({ keys: Effect.void }), Layer.effect(Auth, Effect.service(Auth)))
  ).pipe(Layer.provideMerge(auth), Layer.provideMerge(log))

/** Texts that no response and no log line may contain: the parts of the token, and the marker in our claims. */
const secretsOf = ({ carrier, token }: Attack) => {
  const texts = [token, ...Object.values(carrier?.headers ?? {}), carrier?.query, carrier?.form]
  const parts = texts.flatMap((text) => text?.match(/[\w-]{14,}/g) ?? [])
  return [marker, secret, ...new Set(parts)]
}

const sayNothingOf = (secrets: ReadonlyArray<string>, text: string, where: string) => {
  for (const secret of secrets) if (text.includes(secret)) assert.fail(`${where} repeats ${secret}: ${text}`)
}

const refusal = /^Bearer( error="invalid_token", error_description="[\x20\x21\x23-\x5b\x5d-\x7e]+")?$/

const isRefusal = ({ body, headers, status }: TestResponse, code: string, endpoint: string) => {
  assert.deepStrictEqual(
    [status, body.code, headers.get("content-type"), headers.get("cache-control")],
    [401, code, "application/problem+json", "no-store"],
    endpoint
  )
  const challenge = headers.get("www-authenticate") ?? ""
  assert.match(challenge, refusal, endpoint)
  assert.strictEqual(challenge.includes("invalid_token"), code !== "TOKEN_MISSING", endpoint)
}

/** Whether a header field can contain this text unchanged. */
const isSendable = (text: string) => {
  try {
    return new Headers({ authorization: `Bearer ${text}` }).get("authorization") === `Bearer ${text}`
  } catch {
    return false
  }
}

/** `Auth` and these endpoints reject the token, and no response or log line repeats any part of it. */
export const assertRejected = Effect.fnUntraced(function* (
  attack: Attack,
  endpoints: ReadonlyArray<ProtectedEndpoint>
) {
  const { carrier, code = "TOKEN_INVALID", isUnsendable, token } = attack
  const secrets = secretsOf(attack)
  lines.length = 0
  if (token !== undefined && token !== "") {
    const auth = yield* Auth
    const fault = yield* Effect.flip(auth.verify(token))
    assert(fault._tag === "InvalidToken", "the token was not verified")
    assert.strictEqual(fault.code, code)
    sayNothingOf(secrets, fault.detail, "the fault")
    if (isUnsendable) assert.isFalse(isSendable(token), "it can be sent after all")
  }
  if (!isUnsendable) {
    const client = yield* HttpTestClient
    for (const { request, method, name, path } of endpoints) {
      const answer = yield* client(method, carrier?.query === undefined ? path : `${path}?${carrier.query}`, {
        ...request,
        ...(token !== undefined && { as: token }),
        headers: {
          ...carrier?.headers,
          ...(carrier?.form !== undefined && { "content-type": "application/x-www-form-urlencoded" })
        },
        ...(carrier?.form !== undefined && method !== "GET" && { body: carrier.form })
      })
      isRefusal(answer, code, name)
      sayNothingOf(secrets, JSON.stringify([answer.body, ...answer.headers]), name)
    }
  }
  sayNothingOf(secrets, lines.join("\n"), "the log")
})

/** Endpoints that respond without a repository. An erasure has to be confirmed. */
const withoutRepository: Readonly<Record<string, number>> = {
  "/api/me": 200,
  "/api/tasks/parse": 200,
  "/api/recurrence/preview": 200,
  "/api/account": 422
}

/** These endpoints accept the token: the request reaches a handler, which has no repository here. */
export const assertAccepted = Effect.fnUntraced(function* (
  headers: Record<string, string>,
  sub: string,
  endpoints: ReadonlyArray<ProtectedEndpoint>
) {
  const client = yield* HttpTestClient
  lines.length = 0
  for (const { request, method, name, path } of endpoints) {
    const { body, status } = yield* client(method, path, { ...request, headers })
    if (path === "/api/me") assert.strictEqual(body.id, sub)
    assert.strictEqual(status, withoutRepository[path] ?? 500, name)
  }
  // Every 500 is logged, without the token: so the log would also contain a leak of a rejected one.
  assert.isAtLeast(lines.length, endpoints.filter(({ path }) => !(path in withoutRepository)).length)
  sayNothingOf(secretsOf({ name: "", carrier: { headers } }), lines.join("\n"), "the log")
})
