import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { asked, attackedBy, authWithKeys, authWithSecret, isAccepted, withstand } from "../support/AttackHarness.ts"
import { endpoints } from "../support/Guarded.ts"
import {
  headerOf,
  jwkOf,
  jwksUrl,
  keys,
  now,
  odd,
  right,
  type Signer,
  secret,
  signed,
  signedWithSecret,
  unbound,
  withKey,
  withSecret
} from "../support/Issuer.ts"
import { confusion, embedded, none, others, withoutTheSecret } from "./attacks/Algorithms.ts"
import type { Attack } from "./attacks/Attack.ts"
import { carriers } from "./attacks/AuthHeaders.ts"
import { claims, extensions } from "./attacks/Claims.ts"
import { impostors, withTheIssuersSecret } from "./attacks/ForgedTokens.ts"
import { kids, published, unusable } from "./attacks/Keys.ts"
import { shapes } from "./attacks/MalformedTokens.ts"
import { mirrored, signatures, withoutItsZero } from "./attacks/Signatures.ts"

type Good = readonly [name: string, token: string, sub?: string]

const cases = (attacks: ReadonlyArray<Attack>) => attacks.map((attack) => [attack.name, attack] as const)

/** What both kinds of tokens must withstand: nothing of it has to do with who has signed. */
const ofAnySigner = (signer: Signer) => [
  ...shapes(signer),
  ...claims(signer),
  ...extensions(signer),
  ...impostors(signer)
]

/** Odd, and good all the same: the issuer itself has signed it, and it means one thing only. */
const oddAndGood = ({ header, sign }: Signer): ReadonlyArray<Good> => {
  const json = JSON.stringify(right)
  return [
    ["with several audiences", sign({ ...right, aud: ["other", right.aud] })],
    ["with our audience among what is none", sign({ ...right, aud: [7, null, right.aud] })],
    ["that says it is a JWT", sign(right, { ...header, typ: "JWT" })],
    ["that is an access token", sign(right, { ...header, typ: "application/at+jwt" })],
    ["that ended within the tolerance", sign({ ...right, exp: now - 29 })],
    ["whose times are fractions", sign({ ...right, iat: now - 0.123456789, exp: now + 0.123456789 })],
    ["that ends with the year 9999", sign({ ...right, exp: 253_402_300_799 })],
    ["without iat", sign({ ...right, iat: undefined })],
    [
      "whose sub stands there twice: the last counts, as for the issuer",
      sign(json.replace(/}$/, ',"sub":"bob"}')),
      "bob"
    ],
    ["behind a byte order mark", sign(`\ufeff${json}`)],
    ["with blanks around its JSON", sign(`\r\n\t ${json} \n`)],
    ["with a deeply nested claim", sign(json.replace(/}$/, `,"deep":${"[".repeat(2000)}${"]".repeat(2000)}}`))],
    ["with a claim named __proto__", sign(json.replace(/}$/, ',"__proto__":{"sub":"eve"}}'))],
    ["whose sub is a prototype's name", sign({ ...right, sub: "__proto__" }), "__proto__"],
    ["with members of the header that mean nothing", sign(right, { ...header, zip: "DEF", cty: "x", enc: "A256GCM" })]
  ]
}

const goodWithKeys: ReadonlyArray<Good> = [
  ...Object.values(keys).map((key): Good => [`by ${key.alg} with ${key.kid}`, signed(key)]),
  ...Object.values(unbound).map((key): Good => [`by ${key.alg} with ${key.kid}`, signed(key)]),
  [
    "by PS256 with a key for whatever there is",
    signed(unbound.rsa, right, headerOf(unbound.rsa, { alg: "PS256" }), "PS256")
  ],
  ["by ES512 without a kid, where one key matches", signed(keys.p521, right, { alg: "ES512" })],
  ["by EdDSA without a kid, where several keys match", signed(keys.ed25519, right, { alg: "EdDSA" })],
  ["by EdDSA without a kid, where another of several keys matches", signed(keys.older, right, { alg: "EdDSA" })],
  ["by Ed25519 (RFC 9864)", signed(keys.ed25519, right, headerOf(keys.ed25519, { alg: "Ed25519" }))],
  ["by Ed25519 without a kid", signed(keys.older, right, { alg: "Ed25519" })],
  ["by Ed25519 with a key without alg", signed(unbound.ed25519, right, headerOf(unbound.ed25519, { alg: "Ed25519" }))],
  ["by PS256 without the zero that its signature begins with", withoutItsZero()],
  ["by ES256 with the other of its two signatures", mirrored(signed(keys.p256))],
  ...oddAndGood(withKey)
]

const goodWithSecret: ReadonlyArray<Good> = [
  ["by HS256", withSecret.sign()],
  ["by HS256 with a kid", withSecret.sign(right, { alg: "HS256", kid: "../../dev/null" })],
  [
    "with a NUL behind the secret: HMAC fills keys up with zeros",
    signedWithSecret(right, { alg: "HS256" }, `${secret}\0`)
  ],
  ...oddAndGood(withSecret)
]

const bearers = (token: string): ReadonlyArray<readonly [string, string]> => [
  ["Bearer", `Bearer ${token}`],
  ["bearer in small letters", `bearer ${token}`],
  ["Bearer and several blanks", `Bearer   ${token}`]
]

const accepts = ([, token, sub = right.sub]: Good) => isAccepted({ authorization: `Bearer ${token}` }, sub)

describe("The attack suite", () => {
  layer(attackedBy(authWithKeys(() => published)))("Where the issuer publishes keys, a token", (it) => {
    it.effect.each(goodWithKeys)("%s is accepted", accepts)
    it.effect.each(bearers(withKey.sign()))("behind %s is accepted", ([, authorization]) =>
      isAccepted({ authorization }, right.sub)
    )

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
    it.effect.each(cases(attacks))("%s is refused", ([, attack]) => withstand(attack))
    it.effect.each(cases(carriers(withKey)))("in a request %s is refused", ([, attack]) => withstand(attack))

    it.effect("can name no address: keys were asked of the issuer alone, and seldom", () =>
      Effect.sync(() => {
        assert.deepStrictEqual(new Set(asked), new Set([jwksUrl.href]))
        assert.isAtMost(asked.length, 4)
      })
    )

    it.effect("was tried under every name once, on every endpoint", () =>
      Effect.sync(() => {
        const names = [...attacks, ...carriers(withKey)].map(({ name }) => name)
        assert.lengthOf(names, new Set(names).size)
        assert.isAbove(names.length, 400)
        assert.isAbove(endpoints.length, 6)
      })
    )
  })

  layer(attackedBy(authWithSecret))("Where a secret is shared, a token", (it) => {
    it.effect.each(goodWithSecret)("%s is accepted", accepts)
    it.effect.each(bearers(withSecret.sign()))("behind %s is accepted", ([, authorization]) =>
      isAccepted({ authorization }, right.sub)
    )
    it.effect.each(cases([...none, ...embedded, ...withoutTheSecret, ...ofAnySigner(withSecret)]))(
      "%s is refused",
      ([, attack]) => withstand(attack)
    )
    it.effect.each(cases(carriers(withSecret)))("in a request %s is refused", ([, attack]) => withstand(attack))
  })

  let current = [jwkOf(odd.removed), jwkOf(keys.p256)]
  layer(attackedBy(authWithKeys(() => current)))("When the issuer removes a key, a token", (it) => {
    it.effect("that was good is refused after the next look at the keys, remembered or not", () =>
      Effect.gen(function* () {
        const token = signed(odd.removed)
        const authorization = `Bearer ${token}`
        yield* isAccepted({ authorization }, right.sub)
        current = [jwkOf(keys.p256)]
        yield* TestClock.adjust("5 minutes")
        yield* withstand({ name: "", token })
        yield* isAccepted({ authorization: `Bearer ${signed(keys.p256)}` }, right.sub)
      })
    )
  })
})
