import { createHmac } from "node:crypto"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Auth } from "../../src/auth/Auth.ts"

const secret = "kB7pWmX2cVq9RtZ4sLf8hJd3nGy6aE1u"
const now = 1_800_000_000

const encode = (part: unknown) =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url")

/** A token made by hand, so that it can be wrong in ways that a library would not make it. */
const sign = (claims: unknown, { header = { alg: "HS256" } as unknown, hash = "sha256", key = secret } = {}) => {
  const content = `${encode(header)}.${encode(claims)}`
  return `${content}.${createHmac(hash, key).update(content).digest("base64url")}`
}

const claims = { sub: "ada", exp: now + 60 }
const good = sign(claims)
const [head = "", body = "", tail = ""] = good.split(".")

/** 32 bytes end on two bits that no byte needs: four letters say the same. */
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const respelled = (part: string) => letters[letters.indexOf(part.at(-1) ?? "") + 1]

const settings = { secret: Redacted.make(secret), cacheSize: 100 }
const named = Layer.fresh(Auth.layerSecret({ ...settings, issuer: "https://issuer.example", audience: "tasks" }))

const verify = Effect.fnUntraced(function* (token: string) {
  const auth = yield* Auth
  yield* TestClock.setTime(now * 1000)
  return yield* auth.verify(token)
})

const refused = Effect.fnUntraced(function* (token: string) {
  const error = yield* Effect.flip(verify(token))
  assert(error._tag === "InvalidToken")
  return error
})

layer(Auth.layerSecret(settings))("Auth with a shared secret", (it) => {
  it.effect("identifies the user of a valid token", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* verify(sign({ ...claims, email: "ada@example.com", name: 7, role: "admin" })), {
        id: "ada",
        email: "ada@example.com",
        name: null,
        expires_at: "2027-01-15T08:01:00.000Z"
      } as never)
    })
  )

  it.effect.each([
    ["without a type", {}],
    ["that is a JWT", { typ: "JWT" }],
    ["that is an access token", { typ: "at+jwt" }],
    ["with its media type in full", { typ: "application/at+jwt" }]
  ] as const)("%s is accepted", ([, more]) => verify(sign(claims, { header: { alg: "HS256", ...more } })))

  it.effect.each([
    ["expired within the tolerance", { exp: now - 29 }],
    ["not yet valid within the tolerance", { nbf: now + 29 }],
    ["issued in the future within the tolerance", { iat: now + 29 }],
    ["of 255 characters", { sub: "😀".repeat(255) }],
    ["with a space inside", { sub: "auth0|Ada Lovelace" }]
  ] as const)("%s is accepted", ([, more]) => verify(sign({ ...claims, ...more })))

  it.effect.each([
    ["expired", { exp: now - 31 }, "TOKEN_EXPIRED"],
    ["without exp", { exp: undefined }],
    ["whose exp is text", { exp: "tomorrow" }],
    ["whose exp is null", { exp: null }],
    ["not yet valid", { nbf: now + 31 }],
    ["whose nbf is text", { nbf: "now" }],
    ["issued in the future", { iat: now + 31 }],
    ["whose iat is text", { iat: "yesterday" }],
    ["without sub", { sub: undefined }],
    ["whose sub is a number", { sub: 7 }],
    ["whose sub is null", { sub: null }],
    ["whose sub is a list", { sub: ["ada"] }],
    ["whose sub is empty", { sub: "" }],
    ["whose sub has 256 characters", { sub: "a".repeat(256) }],
    ["whose sub has spaces around it", { sub: " ada" }],
    ["whose sub has a line break", { sub: "a\nda" }],
    ["whose sub has a line separator", { sub: "a\u2028da" }],
    ["whose sub has a NUL", { sub: "a\0da" }],
    ["whose sub has a zero-width character", { sub: "a\u200Bda" }],
    ["whose sub turns the text around", { sub: "\u202Eada" }],
    ["whose sub has half of a surrogate pair", { sub: "x\ud800" }]
  ] as const)("%s is refused", ([, more, code = "TOKEN_INVALID"]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* refused(sign({ ...claims, ...more }))).code, code)
    })
  )

  it.effect("rejects a token whose exp is infinite (1e400)", () => refused(sign('{"sub":"ada","exp":1e400}')))

  it.effect.each([
    ["signed with another secret", sign(claims, { key: `${secret}!` })],
    ["signed with an empty secret", sign(claims, { key: "" })],
    ["by HS384", sign(claims, { header: { alg: "HS384" }, hash: "sha384" })],
    ["by HS512", sign(claims, { header: { alg: "HS512" }, hash: "sha512" })],
    ["by HS512 that says HS256", sign(claims, { hash: "sha512" })],
    ["by none", `${encode({ alg: "none" })}.${body}.`],
    ["by none with a signature", sign(claims, { header: { alg: "none" } })],
    ["by nOnE", sign(claims, { header: { alg: "nOnE" } })],
    ["by an algorithm in small letters", sign(claims, { header: { alg: "hs256" } })],
    ["without an algorithm", sign(claims, { header: {} })],
    ["with a critical extension", sign(claims, { header: { alg: "HS256", crit: ["exp"], exp: 1 } })],
    ["with a body that is not encoded", sign(claims, { header: { alg: "HS256", b64: false, crit: ["b64"] } })],
    ["that is an id token", sign(claims, { header: { alg: "HS256", typ: "id+jwt" } })],
    ["whose type is no text", sign(claims, { header: { alg: "HS256", typ: 7 } })],
    ["that is a session cache", sign(claims, { header: { alg: "HS256", typ: "better-auth.session-cache+jwt" } })],
    ["with another body", `${head}.${encode({ ...claims, sub: "bob" })}.${tail}`],
    ["with a signature cut short", `${head}.${body}.${tail.slice(0, -2)}`],
    ["with padding", `${good}=`],
    ["with another letter for the bits to spare", `${head}.${body}.${tail.slice(0, -1)}${respelled(tail)}`],
    ["with a space after it", `${good} `],
    ["with a line break after it", `${good}\n`],
    ["with a part too many", `${good}.${tail}`],
    ["with a part too few", `${head}.${body}`],
    ["with an empty body", `${head}..${tail}`],
    ["in five parts, encrypted", `${head}.${body}.${tail}.${body}.${tail}`],
    ["that is not JSON", sign("{")],
    ["that is a list", sign([])],
    ["that is null", sign("null")],
    ["of more than 8 KB", sign({ ...claims, padding: "x".repeat(8192) })],
    ["that is empty", ""],
    ["that is an opaque session token", "4gXl0SCbRkGxH8pLw3mFJv5tN2eYqZ7a"],
    ["that is two tokens", `${good}, ${good}`]
  ] as const)("%s is refused, and nothing of it is repeated", ([, token]) =>
    Effect.gen(function* () {
      const { code, detail } = yield* refused(token)
      assert.strictEqual(code, "TOKEN_INVALID")
      // It is part of a quoted string in a header.
      assert.match(detail, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
      if (token.length > 20) assert.notInclude(detail, token.slice(0, 20))
    })
  )

  it.effect("accepts any issuer and audience where none is configured", () =>
    verify(sign({ ...claims, iss: "https://anyone.example", aud: ["anything"] }))
  )
})

layer(named)("Auth with a configured issuer and audience", (it) => {
  const right = { ...claims, iss: "https://issuer.example", aud: "tasks" }

  it.effect.each([
    ["one audience", right],
    ["several audiences", { ...right, aud: ["other", "tasks"] }]
  ] as const)("accepts a token with %s", ([, good]) => verify(sign(good)))

  it.effect.each([
    ["a token without an issuer", { iss: undefined }, "issuer"],
    ["a token from another issuer", { iss: "https://issuer.example/" }, "issuer"],
    ["a token without an audience", { aud: undefined }, "audience"],
    ["a token for another audience", { aud: "other" }, "audience"],
    ["a token for other audiences", { aud: ["other", "Tasks"] }, "audience"]
  ] as const)("rejects %s and says why", ([, more, word]) =>
    Effect.gen(function* () {
      assert.include((yield* refused(sign({ ...right, ...more }))).detail, word)
    })
  )
})

const newSecret = "Zr8Qw2nVx5Tt7Yk1Lm4Pb9Gc3Hd6Js0F"

layer(
  Layer.fresh(
    Auth.layerSecret({ secret: Redacted.make(newSecret), previousSecret: Redacted.make(secret), cacheSize: 10 })
  )
)("Auth with a previous secret", (it) => {
  it.effect("accepts tokens of both secrets and rejects others", () =>
    Effect.gen(function* () {
      for (const key of [newSecret, secret]) {
        assert.strictEqual((yield* verify(sign(claims, { key }))).id as string, "ada")
      }
      assert.strictEqual((yield* refused(sign(claims, { key: `${secret}!` }))).code, "TOKEN_INVALID")
      assert.strictEqual((yield* refused(sign({ ...claims, exp: now - 60 }))).code, "TOKEN_EXPIRED")
    })
  )

  it.effect("verifyCached finds a token after verify accepted it, until it expires", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const token = sign({ ...claims, sub: "bob" })
      assert.isUndefined(auth.verifyCached(token, now * 1000))
      yield* verify(token)
      assert.strictEqual(auth.verifyCached(token, now * 1000)?.id as string, "bob")
      assert.isUndefined(auth.verifyCached(token, claims.exp * 1000))
    })
  )
})
