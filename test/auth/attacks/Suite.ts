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
import { algNone, algorithmConfusion, embeddedKeys, otherAlgorithms, withoutTheSecret } from "./Algorithms.ts"
import type { Attack } from "./Attack.ts"
import { carriers } from "./AuthHeaders.ts"
import { claims, extensions } from "./Claims.ts"
import { otherTokenTypes, signedWithIssuerSecret } from "./ForgedTokens.ts"
import { kids, published, unusable } from "./Keys.ts"
import { shapes } from "./MalformedTokens.ts"
import { mirrored, signatures, withoutItsZero } from "./Signatures.ts"

type Valid = readonly [name: string, token: string, sub?: string]
type Accepted = readonly [name: string, authorization: string, sub: string, on: ReadonlyArray<ProtectedEndpoint>]

/** Attacks that do not depend on how the token is signed. */
const ofAnySigner = (signer: Signer) => [
  ...shapes(signer),
  ...claims(signer),
  ...extensions(signer),
  ...otherTokenTypes(signer)
]

/** Unusual tokens that are valid: the issuer signed them, and they have one meaning. */
const unusual = ({ header, sign }: Signer): ReadonlyArray<Valid> => {
  const json = JSON.stringify(validClaims)
  return [
    ["with several audiences", sign({ ...validClaims, aud: ["other", validClaims.aud] })],
    ["with our audience among invalid ones", sign({ ...validClaims, aud: [7, null, validClaims.aud] })],
    ["with typ JWT", sign(validClaims, { ...header, typ: "JWT" })],
    ["with typ application/at+jwt", sign(validClaims, { ...header, typ: "application/at+jwt" })],
    ["that expired within the clock tolerance", sign({ ...validClaims, exp: now - 29 })],
    [
      "whose times have fractions of a second",
      sign({ ...validClaims, iat: now - 0.123456789, exp: now + 0.123456789 })
    ],
    ["that expires at the end of the year 9999", sign({ ...validClaims, exp: 253_402_300_799 })],
    ["without iat", sign({ ...validClaims, iat: undefined })],
    ["with two sub members, of which the last one counts", sign(json.replace(/}$/, ',"sub":"bob"}')), "bob"],
    ["whose claims begin with a byte order mark", sign(`\ufeff${json}`)],
    ["with white space around its claims", sign(`\r\n\t ${json} \n`)],
    ["with a deeply nested claim", sign(json.replace(/}$/, `,"deep":${"[".repeat(2000)}${"]".repeat(2000)}}`))],
    ["with a claim named __proto__", sign(json.replace(/}$/, ',"__proto__":{"sub":"eve"}}'))],
    ["whose sub is __proto__", sign({ ...validClaims, sub: "__proto__" }), "__proto__"],
    [
      "with header members that have no meaning in a signed token",
      sign(validClaims, { ...header, zip: "DEF", cty: "x", enc: "A256GCM" })
    ]
  ]
}

const goodWithKeys: ReadonlyArray<Valid> = [
  ...Object.values(keys).map((key): Valid => [`signed with ${key.alg} and the key ${key.kid}`, signed(key)]),
  ...Object.values(unbound).map((key): Valid => [`signed with ${key.alg} and the key ${key.kid}`, signed(key)]),
  [
    "signed with PS256 and an RSA key without alg",
    signed(unbound.rsa, validClaims, headerOf(unbound.rsa, { alg: "PS256" }), "PS256")
  ],
  ["signed with ES512 and without a kid, where only one key fits", signed(keys.p521, validClaims, { alg: "ES512" })],
  ["signed with PS256 and without the leading zero byte of the signature", withoutItsZero()],
  ["signed with ES256 and the second valid signature", mirrored(signed(keys.p256))],
  ...unusual(withKey)
]

const goodWithSecret: ReadonlyArray<Valid> = [
  ["signed with HS256", withSecret.sign()],
  ["signed with HS256, with a kid", withSecret.sign(validClaims, { alg: "HS256", kid: "../../dev/null" })],
  [
    "signed with the secret and a NUL, because HMAC pads keys with zeros",
    signedWithSecret(validClaims, { alg: "HS256" }, `${secret}\0`)
  ],
  ...unusual(withSecret)
]

const bearers = (token: string): ReadonlyArray<readonly [string, string]> => [
  ["Bearer", `Bearer ${token}`],
  ["bearer in lower case", `bearer ${token}`],
  ["Bearer and several spaces", `Bearer   ${token}`]
]

/**
 * Tries every token on the endpoints that `endpointsOf` names for its number: all endpoints share one authentication step, so
 * one endpoint for each token is enough.
 */
export const attackSuite = (endpointsOf: (n: number) => ReadonlyArray<ProtectedEndpoint>) => {
  const cases = (attacks: ReadonlyArray<Attack>) =>
    attacks.map((attack, n) => [attack.name, attack, endpointsOf(n)] as const)
  // `/api/me` returns the subject, no other endpoint does.
  const acceptedOn = (n: number) => [...protectedEndpoints.filter(({ path }) => path === "/api/me"), ...endpointsOf(n)]
  const accepted = (tokens: ReadonlyArray<Valid>) =>
    tokens.map(([name, token, sub = validClaims.sub], n): Accepted => [name, `Bearer ${token}`, sub, acceptedOn(n)])
  const acceptedSpellings = (token: string) =>
    bearers(token).map(([name, authorization], n): Accepted => [name, authorization, validClaims.sub, acceptedOn(n)])
  const accepts = ([, authorization, sub, on]: Accepted) => assertAccepted({ authorization }, sub, on)
  const rejects = ([, attack, on]: ReturnType<typeof cases>[number]) => assertRejected(attack, on)

  layer(layerWithAuth(authWithKeys(() => published)))("Auth with the keys of an issuer (JWKS)", (it) => {
    it.effect.each(accepted(goodWithKeys))("accepts a token %s", accepts)
    it.effect.each(acceptedSpellings(withKey.sign()))("accepts a token after %s", accepts)

    const attacks = [
      ...algNone,
      ...algorithmConfusion,
      ...otherAlgorithms,
      ...embeddedKeys,
      ...kids,
      ...unusable,
      ...signatures,
      ...signedWithIssuerSecret,
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
    it.effect.each(acceptedSpellings(withSecret.sign()))("accepts a token after %s", accepts)
    it.effect.each(cases([...algNone, ...embeddedKeys, ...withoutTheSecret, ...ofAnySigner(withSecret)]))(
      "rejects a token %s",
      rejects
    )
    it.effect.each(cases(carriers(withSecret)))("rejects a request %s", rejects)
  })
}
