import {
  attackers,
  encode,
  headerOf,
  jwkOf,
  type Key,
  keys,
  marker,
  partsOf,
  secret,
  signed,
  signedWithSecret,
  unbound,
  validClaims
} from "../../support/Issuer.ts"
import { type Attack, token } from "./Attack.ts"

const good = signed(keys.ed25519)
const { claims, signature } = partsOf(good)

const spellings = [
  "none",
  "None",
  "NONE",
  "nOnE",
  " none",
  "none ",
  "none\0",
  "",
  null,
  undefined,
  0,
  ["none"],
  ["EdDSA"],
  {}
]

/** `alg` says that there is nothing to check, or nothing that can be understood. */
export const none: ReadonlyArray<Attack> = spellings.flatMap((alg) => {
  const header = encode({ alg, kid: keys.ed25519.kid })
  const name = alg === undefined ? "missing" : JSON.stringify(alg)
  return [
    token(`whose alg is ${name}, unsigned`, `${header}.${claims}.`),
    token(`whose alg is ${name}, unsigned and without the last dot`, `${header}.${claims}`),
    token(`whose alg is ${name}, with the signature of a good token`, `${header}.${claims}.${signature}`)
  ]
})

const jwkText = (key: Key) => JSON.stringify(key.publicKey.export({ format: "jwk" }))

/** Everything that a careless verifier might take for the shared secret of a key that is public. */
const asSecrets = (key: Key): ReadonlyArray<readonly [string, string | Buffer]> => {
  const jwk = key.publicKey.export({ format: "jwk" })
  const number = jwk.x ?? jwk.n ?? ""
  const pem = key.publicKey.export({ format: "pem", type: "spki" }).toString()
  return [
    ["PEM", pem],
    ["PEM without its last line break", pem.trimEnd()],
    ["DER", key.publicKey.export({ format: "der", type: "spki" })],
    ["JWK", jwkText(key)],
    ["JWK as it is published", JSON.stringify(jwkOf(key))],
    ["number as text", number],
    ["number as bytes", Buffer.from(number, "base64url")]
  ]
}

/** An HMAC with a key that everybody knows. */
export const confusion: ReadonlyArray<Attack> = [keys.ed25519, keys.p256, keys.p521, keys.rs].flatMap((key) => [
  ...asSecrets(key).map(([name, secret]) =>
    token(
      `by HS256 with the ${name} of the ${key.kid} key`,
      signedWithSecret(validClaims, headerOf(key, { alg: "HS256" }), secret)
    )
  ),
  ...[384, 512].map((bits) =>
    token(
      `by HS${bits} with the PEM of the ${key.kid} key`,
      signedWithSecret(
        validClaims,
        headerOf(key, { alg: `HS${bits}` }),
        key.publicKey.export({ format: "pem", type: "spki" }).toString(),
        `sha${bits}`
      )
    )
  ),
  token(
    `that says ${key.alg} and is an HMAC with the PEM of that key`,
    signedWithSecret(validClaims, headerOf(key), key.publicKey.export({ format: "pem", type: "spki" }).toString())
  )
])

/** Signed as it should be, by the issuer, but not by an algorithm that we take. */
export const others: ReadonlyArray<Attack> = [
  ...[keys.rs, unbound.rsa].flatMap((key) =>
    ["RS384", "RS512", "PS384", "PS512"].map((alg) =>
      token(`by ${alg} with the key ${key.kid}`, signed(key, validClaims, headerOf(key, { alg }), alg))
    )
  ),
  ...["eddsa", "EDDSA", "EdDSA ", "EdDSA\0", "Ed448", "HS256", "dir", "toString", "__proto__"].map((alg) =>
    token(
      `signed by EdDSA that says ${JSON.stringify(alg)}`,
      signed(keys.ed25519, validClaims, headerOf(keys.ed25519, { alg }))
    )
  ),
  token("by ES512 with the P-256 key", signed(keys.p256, validClaims, headerOf(keys.p256, { alg: "ES512" }), "ES512")),
  token("by ES256 with the P-521 key", signed(keys.p521, validClaims, headerOf(keys.p521, { alg: "ES256" }), "ES256")),
  token(
    "by PS256 with the key that is for RS256",
    signed(keys.rs, validClaims, headerOf(keys.rs, { alg: "PS256" }), "PS256")
  ),
  token(
    "by RS256 with the key that is for PS256",
    signed(keys.ps, validClaims, headerOf(keys.ps, { alg: "RS256" }), "RS256")
  ),
  token("by RS256 that says PS256", signed(keys.ps, validClaims, headerOf(keys.ps), "RS256")),
  token("by PS256 that says RS256", signed(keys.rs, validClaims, headerOf(keys.rs), "PS256")),
  token(
    "with two alg, the last of them none",
    signed(keys.ed25519, validClaims, `{"alg":"EdDSA","kid":"${keys.ed25519.kid}","alg":"none"}`)
  ),
  token(
    "whose alg stands in __proto__",
    signed(keys.ed25519, validClaims, `{"__proto__":${JSON.stringify(headerOf(keys.ed25519))}}`)
  ),
  token(
    "whose header has alg in another case",
    signed(keys.ed25519, validClaims, { Alg: "EdDSA", kid: keys.ed25519.kid })
  )
]

const elsewhere = `https://${marker}.attacker.example/jwks`

/** The token brings the key to check it with, or says where that is. */
export const embedded: ReadonlyArray<Attack> = Object.values(attackers).flatMap((key) => {
  const x5c = [key.publicKey.export({ format: "der", type: "spki" }).toString("base64")]
  return Object.entries({
    jwk: { jwk: jwkOf(key) },
    "jwk and no kid": { jwk: jwkOf(key), kid: undefined },
    jku: { jku: elsewhere },
    "jku and no kid": { jku: elsewhere, kid: undefined },
    x5u: { x5u: elsewhere },
    x5c: { x5c },
    x5t: { x5t: encode("0".repeat(20)), "x5t#S256": encode("0".repeat(32)), x5c },
    "a kid that is a URL": { kid: elsewhere }
  }).map(([name, more]) =>
    token(`signed by somebody's ${key.alg} key that brings ${name}`, signed(key, validClaims, headerOf(key, more)))
  )
})

/** Where the secret is what tokens are checked with. */
export const withoutTheSecret: ReadonlyArray<Attack> = [
  ...[384, 512].flatMap((bits) => [
    token(`by HS${bits}`, signedWithSecret(validClaims, { alg: `HS${bits}` }, secret, `sha${bits}`)),
    token(`by HS${bits} that says HS256`, signedWithSecret(validClaims, { alg: "HS256" }, secret, `sha${bits}`)),
    token(`by HS256 that says HS${bits}`, signedWithSecret(validClaims, { alg: `HS${bits}` }))
  ]),
  ...["hs256", "Hs256", "HS256 ", "HMAC", "HS1", "constructor"].map((alg) =>
    token(`signed by HS256 that says ${JSON.stringify(alg)}`, signedWithSecret(validClaims, { alg }))
  ),
  ...Object.entries({
    "an empty secret": "",
    "a secret of one NUL": "\0",
    "the secret and a character": `${secret}!`,
    "the secret and a line break": `${secret}\n`,
    "the secret without its last character": secret.slice(0, -1),
    "the secret in small letters": secret.toLowerCase(),
    "the secret read as base64": Buffer.from(secret, "base64"),
    "the secret in UTF-16": Buffer.from(secret, "utf16le"),
    "the word undefined": "undefined",
    "Better Auth's public default secret": "better-auth-secret-12345678901234567890"
  }).map(([name, key]) => token(`signed with ${name}`, signedWithSecret(validClaims, { alg: "HS256" }, key))),
  token(
    "that brings its secret as a jwk",
    signedWithSecret(validClaims, { alg: "HS256", jwk: { kty: "oct", k: encode(marker) } }, marker)
  ),
  token("whose kid is an empty file", signedWithSecret(validClaims, { alg: "HS256", kid: "../../../dev/null" }, "")),
  token(
    "whose kid selects its own secret",
    signedWithSecret(validClaims, { alg: "HS256", kid: "' union select 'key" }, "key")
  ),
  ...Object.values(keys).map((key) => token(`of an issuer with keys, by ${key.alg} with ${key.kid}`, signed(key)))
]
