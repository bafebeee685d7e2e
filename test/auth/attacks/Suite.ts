import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import {
  assertAccepted,
  assertRejected,
  authWithKeys,
  authWithSecret,
  layerWithAuth,
  requestedUrls
} from "../../support/AttackHarness.ts"
import {
  headerOf,
  jwksUrl,
  keys,
  now,
  type Signer,
  secret,
  signed,
  signedWithSecret,
  unbound,
  validClaims,
  withKey,
  withSecret
} from "../../support/Issuer.ts"
import { type ProtectedEndpoint, protectedEndpoints } from "../../support/ProtectedEndpoints.ts"
import { confusion, embedded, none, others, withoutTheSecret } from "./Algorithms.ts"
import type { Attack } from "./Attack.ts"
import { carriers } from "./AuthHeaders.ts"
import { claims, extensions } from "./Claims.ts"
import { impostors, withTheIssuersSecret } from "./ForgedTokens.ts"
import { kids, published, unusable } from "./Keys.ts"
import { shapes } from "./MalformedTokens.ts"
import { mirrored, signatures, withoutItsZero } from "./Signatures.ts"

type Good = readonly [name: string, token: string, sub?: string]
type Accepted = readonly [name: string, authorization: string, sub: string, on: ReadonlyArray<ProtectedEndpoint>]

/** What both kinds of tokens must withstand: nothing of it has to do with who has signed. */
const ofAnySigner = (signer: Signer) => [
  ...shapes(signer),
  ...claims(signer),
  ...extensions(signer),
  ...impostors(signer)
]

/** Odd, and good all the same: the issuer itself has signed it, and it means one thing only. */
const oddAndGood = ({ header, sign }: Signer): ReadonlyArray<Good> => {
  const json = JSON.stringify(validClaims)
  return [
    ["with several audiences", sign({ ...validClaims, aud: ["other", validClaims.aud] })],
    ["with our audience among what is none", sign({ ...validClaims, aud: [7, null, validClaims.aud] })],
    ["that says it is a JWT", sign(validClaims, { ...header, typ: "JWT" })],
    ["that is an access token", sign(validClaims, { ...header, typ: "application/at+jwt" })],
    ["that ended within the tolerance", sign({ ...validClaims, exp: now - 29 })],
    ["whose times are fractions", sign({ ...validClaims, iat: now - 0.123456789, exp: now + 0.123456789 })],
    ["that ends with the year 9999", sign({ ...validClaims, exp: 253_402_300_799 })],
    ["without iat", sign({ ...validClaims, iat: undefined })],
    [
      "whose sub stands there twice: the last counts, as for the issuer",
      sign(json.replace(/}$/, ',"sub":"bob"}')),
      "bob"
    ],
    ["behind a byte order mark", sign(`\ufeff${json}`)],
    ["with blanks around its JSON", sign(`\r\n\t ${json} \n`)],
    ["with a deeply nested claim", sign(json.replace(/}$/, `,"deep":${"[".repeat(2000)}${"]".repeat(2000)}}`))],
    ["with a claim named __proto__", sign(json.replace(/}$/, ',"__proto__":{"sub":"eve"}}'))],
    ["whose sub is a prototype's name", sign({ ...validClaims, sub: "__proto__" }), "__proto__"],
    [
      "with members of the header that mean nothing",
      sign(validClaims, { ...header, zip: "DEF", cty: "x", enc: "A256GCM" })
    ]
  ]
}

const goodWithKeys: ReadonlyArray<Good> = [
  ...Object.values(keys).map((key): Good => [`by ${key.alg} with ${key.kid}`, signed(key)]),
  ...Object.values(unbound).map((key): Good => [`by ${key.alg} with ${key.kid}`, signed(key)]),
  [
    "by PS256 with a key for whatever there is",
    signed(unbound.rsa, validClaims, headerOf(unbound.rsa, { alg: "PS256" }), "PS256")
  ],
  ["by ES512 without a kid, where one key only can be meant", signed(keys.p521, validClaims, { alg: "ES512" })],
  ["by PS256 without the zero that its signature begins with", withoutItsZero()],
  ["by ES256 with the other of its two signatures", mirrored(signed(keys.p256))],
  ...oddAndGood(withKey)
]

const goodWithSecret: ReadonlyArray<Good> = [
  ["by HS256", withSecret.sign()],
  ["by HS256 with a kid", withSecret.sign(validClaims, { alg: "HS256", kid: "../../dev/null" })],
  [
    "with a NUL behind the secret: HMAC fills keys up with zeros",
    signedWithSecret(validClaims, { alg: "HS256" }, `${secret}\0`)
  ],
  ...oddAndGood(withSecret)
]

const bearers = (token: string): ReadonlyArray<readonly [string, string]> => [
  ["Bearer", `Bearer ${token}`],
  ["bearer in small letters", `bearer ${token}`],
  ["Bearer and several blanks", `Bearer   ${token}`]
]

/**
 * Tries every token on the endpoints that `endpointsOf` names for its number: all endpoints share one guard, so one
 * endpoint for each token shows what the guard accepts.
 */
export const attackSuite = (endpointsOf: (n: number) => ReadonlyArray<ProtectedEndpoint>) => {
  const cases = (attacks: ReadonlyArray<Attack>) =>
    attacks.map((attack, n) => [attack.name, attack, endpointsOf(n)] as const)
  // `/api/me` returns the subject, no other endpoint does.
  const acceptedOn = (n: number) => [...protectedEndpoints.filter(({ path }) => path === "/api/me"), ...endpointsOf(n)]
  const accepted = (tokens: ReadonlyArray<Good>) =>
    tokens.map(([name, token, sub = validClaims.sub], n): Accepted => [name, `Bearer ${token}`, sub, acceptedOn(n)])
  const acceptedSpellings = (token: string) =>
    bearers(token).map(([name, authorization], n): Accepted => [name, authorization, validClaims.sub, acceptedOn(n)])
  const accepts = ([, authorization, sub, on]: Accepted) => assertAccepted({ authorization }, sub, on)
  const rejects = ([, attack, on]: ReturnType<typeof cases>[number]) => assertRejected(attack, on)

  layer(layerWithAuth(authWithKeys(() => published)))("Auth with the keys of an issuer (JWKS)", (it) => {
    it.effect.each(accepted(goodWithKeys))("accepts a token %s", accepts)
    it.effect.each(acceptedSpellings(withKey.sign()))("accepts a token behind %s", accepts)

    const attacks = [
      ...none,
      ...confusion,
      ...others,
      ...embedded,
      ...kids,
      ...unusable,
      ...signatures,
      ...withTheIssuersSecret,
      ...ofAnySigner(withKey)
    ]
    it.effect.each(cases(attacks))("rejects a token %s", rejects)
    it.effect.each(cases(carriers(withKey)))("rejects a request %s", rejects)

    it.effect("fetches keys only from the issuer's address, and at most four times", () =>
      Effect.sync(() => {
        assert.deepStrictEqual(new Set(requestedUrls), new Set([jwksUrl.href]))
        assert.isAtMost(requestedUrls.length, 4)
      })
    )

    it.effect("has more than 400 attacks with distinct names", () =>
      Effect.sync(() => {
        const names = [...attacks, ...carriers(withKey)].map(({ name }) => name)
        assert.lengthOf(names, new Set(names).size)
        assert.isAbove(names.length, 400)
      })
    )
  })

  layer(layerWithAuth(authWithSecret))("Auth with a shared secret", (it) => {
    it.effect.each(accepted(goodWithSecret))("accepts a token %s", accepts)
    it.effect.each(acceptedSpellings(withSecret.sign()))("accepts a token behind %s", accepts)
    it.effect.each(cases([...none, ...embedded, ...withoutTheSecret, ...ofAnySigner(withSecret)]))(
      "rejects a token %s",
      rejects
    )
    it.effect.each(cases(carriers(withSecret)))("rejects a request %s", rejects)
  })
}
