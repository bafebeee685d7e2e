import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { createAuthClient } from "better-auth/client"
import { jwtClient } from "better-auth/client/plugins"
import { Context, Effect, Layer, Logger, Schedule } from "effect"
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose"
import { Auth } from "../../src/auth/Auth.ts"
import * as AppLayers from "../../src/cli/AppLayers.ts"
import * as Config from "../../src/config/Config.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import * as BetterAuth from "../support/BetterAuth.ts"
import { HttpTestClient, repositories, type TestResponse } from "../support/HttpTestClient.ts"
import { layerPg } from "../support/TestDatabase.ts"

const readiness = Readiness.layer<Auth>({
  keys: Effect.flatMap(Auth, ({ ready }) => Effect.mapError(ready, ({ message }) => message))
})

/** The whole service, told nothing of its issuer but the base URL. */
const serve = Effect.fnUntraced(function* (url: string, more: Record<string, string> = {}) {
  const settings = yield* Config.read({ BETTER_AUTH_URL: url, ...more })
  const services = Layer.provideMerge(Layer.mergeAll(repositories, readiness), AppLayers.authLayer(settings))
  return Context.get(yield* Layer.build(Layer.fresh(HttpTestClient.layerWith(services))), HttpTestClient)
})

/** A Better Auth, and the service that has fetched its keys. */
const both = Effect.fnUntraced(function* (more?: Record<string, string>, options?: BetterAuth.Options) {
  const issuer = yield* BetterAuth.make(options)
  const request = yield* serve(issuer.url, more)
  yield* until(request("GET", "/health/ready"), isOk)
  return { issuer, request, signUp: (name: string) => issuer.signUp(person(name)) }
})

const person = (name: string) => ({ email: `${name.toLowerCase()}@example.com`, password: "correct horse", name })

/** The messages of the log. */
const said: Array<string> = []
const log = Logger.layer([Logger.make(({ message }) => void said.push(String(message)))])

const isOk = ({ status }: TestResponse) => status === 200

const until = <A, E, R>(effect: Effect.Effect<A, E, R>, holds: (value: A) => boolean) =>
  effect.pipe(Effect.repeat({ until: holds, schedule: Schedule.spaced("20 millis") }), Effect.timeout("20 seconds"))

const assertRefused = (answer: TestResponse, hint?: RegExp) => {
  assert.strictEqual(answer.status, 401, JSON.stringify(answer.body))
  assert.strictEqual(answer.body.code, "TOKEN_INVALID")
  assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer/)
  if (hint !== undefined) assert.match(answer.body.detail, hint)
}

const keyOf = (token: string) => decodeProtectedHeader(token).kid

layer(Layer.mergeAll(layerPg, NodeServices.layer, NodeCrypto.layerSecureRandom, log), {
  excludeTestServices: true,
  timeout: 300_000
})("With a Better Auth server, and nothing configured but its URL", (it) => {
  it.effect("a user who signs up with Better Auth can use the API under the same user id", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both()
      const { session, user } = yield* signUp("Ada")
      const as = yield* issuer.jwt(session)
      const me = yield* request("GET", "/api/me", { as })
      assert.deepInclude(me.body, { id: user.id, email: "ada@example.com", name: "Ada" })
      const created = yield* request("POST", "/api/tasks", { as, body: { title: "Buy milk" } })
      assert.deepInclude(created.body, { user_id: user.id, title: "Buy milk" })
      assert.deepStrictEqual((yield* request("GET", "/api/tasks", { as })).body, [created.body])
    })
  )

  it.effect("accepts the token of Better Auth's frontend client", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both()
      const { cookies, user } = yield* signUp("Ada")
      const client = createAuthClient({ baseURL: issuer.url, plugins: [jwtClient()] })
      // What a browser does by itself.
      const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      const headers = { cookie: cookie.join("; ") }
      const { data } = yield* Effect.promise(() => client.token({ fetchOptions: { headers } }))
      const me = yield* request("GET", "/api/me", { as: data?.token ?? "" })
      assert.strictEqual(me.body.id, user.id)
    })
  )

  it.effect.each(["/auth", "/api/auth"])("a base URL with the path %s is understood as Better Auth does", (path) =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both({}, { path })
      const { session } = yield* signUp("Ada")
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: yield* issuer.jwt(session) })))
      const slash = yield* serve(`${issuer.url}/`)
      assert.isTrue(isOk(yield* slash("GET", "/api/me", { as: yield* issuer.jwt(session) })))
    })
  )

  it.effect("two users of Better Auth do not see each other's tasks", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both()
      const ada = yield* issuer.jwt((yield* signUp("Ada")).session)
      const bob = yield* issuer.jwt((yield* signUp("Bob")).session)
      const { body: task } = yield* request("POST", "/api/tasks", { as: ada, body: { title: "Ada's" } })
      const path = `/api/tasks/${task.id}`
      assert.deepStrictEqual((yield* request("GET", "/api/tasks", { as: bob })).body, [])
      assert.strictEqual((yield* request("GET", path, { as: bob })).status, 404)
      assert.strictEqual((yield* request("PATCH", path, { as: bob, body: { title: "Bob's" } })).status, 404)
      assert.strictEqual((yield* request("DELETE", path, { as: bob })).status, 404)
      assert.deepStrictEqual((yield* request("GET", "/api/tasks", { as: ada })).body, [task])
    })
  )

  it.effect("rejects a session token and says which token to send", () =>
    Effect.gen(function* () {
      const { signUp, request } = yield* both()
      const { session, signedSession } = yield* signUp("Ada")
      for (const as of [session, signedSession, encodeURIComponent(signedSession)]) {
        assertRefused(yield* request("GET", "/api/me", { as }), /session token.* \/api\/auth\/token/)
      }
    })
  )

  it.effect("rejects the token of a verification mail", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both()
      yield* signUp("Ada")
      const [as = ""] = issuer.mailed
      assert.strictEqual(decodeJwt(as).email, "ada@example.com")
      assertRefused(yield* request("GET", "/api/me", { as }))
    })
  )

  it.effect.each([
    ["compact", { cookieCache: "compact" }],
    ["an encrypted JWT", { cookieCache: "jwe" }],
    ["a JWT signed with the secret", { cookieCache: "jwt" }],
    ["a JWT signed with the published key", { cookieCache: "jwt", cookieCacheByKeys: true }]
  ] as const)("a session cookie that is %s is not a login", ([, options]) =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both({}, options)
      const { cookies, session, user } = yield* signUp("Ada")
      const as = cookies["better-auth.session_data"] ?? ""
      assert.isAbove(as.length, 100)
      const good = yield* issuer.jwt(session)
      if (options.cookieCache === "jwt" && "cookieCacheByKeys" in options) {
        // Were it not for its audience and type, it would be one.
        const { aud, iss, sub } = decodeJwt(as)
        assert.deepStrictEqual([keyOf(as), iss, sub], [keyOf(good), issuer.url, user.id])
        const mistaken = yield* serve(issuer.url, { JWT_AUDIENCE: String(aud) })
        assertRefused(yield* mistaken("GET", "/api/me", { as }), /another type/)
      }
      assertRefused(yield* request("GET", "/api/me", { as }))
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: good })))
    })
  )

  it.effect("rejects valid claims that are signed with Better Auth's secret", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both()
      const good = yield* issuer.jwt((yield* signUp("Ada")).session)
      const secret = new TextEncoder().encode(issuer.secret)
      for (const header of [{ alg: "HS256" }, { alg: "HS256", kid: keyOf(good) ?? "" }]) {
        const forged = new SignJWT(decodeJwt(good)).setProtectedHeader(header).sign(secret)
        assertRefused(yield* request("GET", "/api/me", { as: yield* Effect.promise(() => forged) }))
      }
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: good })))
    })
  )

  it.effect("serves every request during a key rotation, with one fetch of the JWKS", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both()
      const { session } = yield* signUp("Ada")
      const old = yield* issuer.jwt(session)
      yield* issuer.rotate
      const asked = yield* issuer.keyRequests
      const fresh = yield* issuer.jwt(session)
      assert.notStrictEqual(keyOf(fresh), keyOf(old))
      const answers = yield* Effect.forEach(
        Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? fresh : old)),
        (as) => request("GET", "/api/me", { as }),
        { concurrency: "unbounded" }
      )
      assert.isTrue(answers.every(isOk))
      assert.strictEqual(yield* issuer.keyRequests, asked + 1)
    })
  )

  it.effect("serves every request when keys are rotated during a fetch of the JWKS", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both({ JWKS_REFRESH: "0.2" })
      const { session } = yield* signUp("Ada")
      const old = yield* issuer.jwt(session)
      const release = yield* issuer.holdKeys
      const asked = yield* issuer.keyRequests
      yield* until(issuer.keyRequests, (count) => count > asked)
      yield* issuer.rotate
      const fresh = yield* issuer.jwt(session)
      assert.notStrictEqual(keyOf(fresh), keyOf(old))
      const answers = yield* Effect.all(
        [
          Effect.forEach(Array(20).fill(fresh), (as) => request("GET", "/api/me", { as }), {
            concurrency: "unbounded"
          }),
          // Behind them: they wait when this is answered.
          Effect.andThen(request("GET", "/api/me", { as: old }), release)
        ],
        { concurrency: "unbounded" }
      )
      assert.isTrue(answers[0].every(isOk))
    })
  )

  it.effect("fetches the JWKS at most three times for a flood of unknown key ids, and serves users meanwhile", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both()
      const known = yield* issuer.jwt((yield* signUp("Ada")).session)
      const unseen = yield* issuer.jwt((yield* signUp("Bob")).session)
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: known })))
      const { privateKey } = yield* Effect.promise(() => generateKeyPair("EdDSA"))
      const asked = yield* issuer.keyRequests
      const answers = yield* Effect.forEach(
        Array.from({ length: 300 }, (_, n) => n),
        (n) =>
          Effect.promise(() =>
            new SignJWT(decodeJwt(known)).setProtectedHeader({ alg: "EdDSA", kid: `made-up-${n}` }).sign(privateKey)
          ).pipe(Effect.flatMap((as) => request("GET", "/api/me", { as }))),
        { concurrency: 50 }
      )
      for (const answer of answers) assertRefused(answer)
      assert.isAtMost((yield* issuer.keyRequests) - asked, 3)
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: known })))
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: unseen })))
    })
  )

  it.effect("rejects tokens of a key that the issuer has removed, also cached ones", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both({ JWKS_REFRESH: "0.2" })
      const { session } = yield* signUp("Ada")
      const old = yield* issuer.jwt(session)
      yield* issuer.rotate
      const fresh = yield* issuer.jwt(session)
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: old })))
      yield* issuer.removeOldKeys
      const refused = yield* until(request("GET", "/api/me", { as: old }), (answer) => !isOk(answer))
      assertRefused(refused, /not in the issuer's key set/)
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: fresh })))
    })
  )

  it.effect("serves users while the issuer is unavailable, and accepts its new keys afterwards", () =>
    Effect.gen(function* () {
      const { issuer, signUp, request } = yield* both({ JWKS_REFRESH: "0.2" })
      const { session } = yield* signUp("Ada")
      const known = yield* issuer.jwt(session)
      const unseen = yield* issuer.jwt((yield* signUp("Bob")).session)
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: known })))
      yield* issuer.stop
      said.length = 0
      yield* until(
        Effect.sync(() => said.join()),
        (text) => text.includes("cannot be fetched")
      )
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: known })))
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: unseen })))
      assert.isTrue(isOk(yield* request("GET", "/health/ready")))
      yield* issuer.start
      yield* issuer.rotate
      const fresh = yield* issuer.jwt(session)
      assert.notStrictEqual(keyOf(fresh), keyOf(known))
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: fresh })))
      assert.isTrue(isOk(yield* request("GET", "/api/me", { as: known })))
    })
  )

  it.effect(
    "is not ready until the issuer is available, and needs no restart",
    () =>
      Effect.gen(function* () {
        const issuer = yield* BetterAuth.make()
        const as = yield* issuer.jwt((yield* issuer.signUp(person("Ada"))).session)
        yield* issuer.stop
        const asked = yield* issuer.keyRequests
        said.length = 0
        const request = yield* serve(issuer.url)
        for (let n = 0; n < 10; n++) {
          const answer = yield* request("GET", "/api/me", { as })
          assert.deepInclude(answer.body, { status: 503, code: "SERVICE_UNAVAILABLE" })
          assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/)
        }
        const away = yield* request("GET", "/health/ready")
        assert.deepStrictEqual([away.status, away.body.checks.keys.status], [503, "failing"])
        yield* issuer.start
        // The service receives no request meanwhile.
        yield* until(issuer.keyRequests, (count) => count > asked)
        yield* until(request("GET", "/health/ready"), isOk)
        assert.isTrue(isOk(yield* request("GET", "/api/me", { as })))
        const ofKeys = said.filter((words) => words.startsWith("the keys"))
        assert.lengthOf(ofKeys, 2)
        const ofReadiness = said.filter((words) => /^(not )?ready/.test(words))
        assert.match(ofReadiness.join(), /^not ready: keys: [^,]+,ready again$/)
        assert.match(
          ofKeys.join(),
          /^the keys at .*\/jwks cannot be fetched: .*ECONNREFUSED.*,the keys at .*\/jwks can be fetched again$/
        )
      }),
    30_000
  )
})
