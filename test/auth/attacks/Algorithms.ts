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

/** Tokens whose `alg` is `none`, unknown or missing. */
export const algNone: ReadonlyArray<Attack> = spellings.flatMap((alg) => {
  const header = encode({ alg, kid: keys.ed25519.kid })
  const name = alg === undefined ? "without alg" : `with alg ${JSON.stringify(alg)}`
  return [
    token(`${name}, with an empty signature`, `${header}.${claims}.`),
    token(`${name}, without a third part`, `${header}.${claims}`),
    token(`${name}, with the signature of a valid token`, `${header}.${claims}.${signature}`)
  ]
})

const jwkText = (key: Key) => JSON.stringify(key.publicKey.export({ format: "jwk" }))

/** Encodings of a public key, which a verifier could mistake for a shared secret. */
const asSecrets = (key: Key): ReadonlyArray<readonly [string, string | Buffer]> => {
  const jwk = key.publicKey.export({ format: "jwk" })
  const number = jwk.x ?? jwk.n ?? ""
  const pem = key.publicKey.export({ format: "pem", type: "spki" }).toString()
  return [
    ["PEM", pem],
    ["PEM without its last line break", pem.trimEnd()],
    ["DER", key.publicKey.export({ format: "der", type: "spki" })],
    ["JWK", jwkText(key)],
    ["published JWK", JSON.stringify(jwkOf(key))],
    ["key value in base64url", number],
    ["key value as bytes", Buffer.from(number, "base64url")]
  ]
}

/** HMACs whose secret is a public key of the issuer (algorithm confusion). */
export const algorithmConfusion: ReadonlyArray<Attack> = [
  keys.ed25519,
  keys.p256,
  keys.p384,
  keys.p521,
  keys.rs
].flatMap((key) => [
  ...asSecrets(key).map(([name, secret]) =>
    token(
      `signed with HS256 and the ${name} of the key ${key.kid}`,
      signedWithSecret(validClaims, headerOf(key, { alg: "HS256" }), secret)
    )
  ),
  ...[384, 512].map((bits) =>
    token(
      `signed with HS${bits} and the PEM of the key ${key.kid}`,
      signedWithSecret(
        validClaims,
        headerOf(key, { alg: `HS${bits}` }),
        key.publicKey.export({ format: "pem", type: "spki" }).toString(),
        `sha${bits}`
      )
    )
  ),
  token(
    `with alg ${key.alg} and an HMAC with the PEM of that key`,
    signedWithSecret(validClaims, headerOf(key), key.publicKey.export({ format: "pem", type: "spki" }).toString())
  )
])

/** Signed by the issuer, with an algorithm that is not accepted or does not fit the key. */
export const otherAlgorithms: ReadonlyArray<Attack> = [
  ...[keys.rs, unbound.rsa].flatMap((key) =>
    ["RS384", "RS512", "PS384", "PS512"].map((alg) =>
      token(`signed with ${alg} and the key ${key.kid}`, signed(key, validClaims, headerOf(key, { alg }), alg))
    )
  ),
  ...["eddsa", "EDDSA", "EdDSA ", "EdDSA\0", "Ed448", "HS256", "dir", "toString", "__proto__"].map((alg) =>
    token(
      `signed with EdDSA, with alg ${JSON.stringify(alg)}`,
      signed(keys.ed25519, validClaims, headerOf(keys.ed25519, { alg }))
    )
  ),
  token(
    "signed with ES512 and the P-256 key",
    signed(keys.p256, validClaims, headerOf(keys.p256, { alg: "ES512" }), "ES512")
  ),
  token(
    "signed with ES384 and the P-256 key",
    signed(keys.p256, validClaims, headerOf(keys.p256, { alg: "ES384" }), "ES384")
  ),
  token(
    "signed with ES256 and the P-384 key",
    signed(keys.p384, validClaims, headerOf(keys.p384, { alg: "ES256" }), "ES256")
  ),
  token(
    "signed with ES256 and the P-521 key",
    signed(keys.p521, validClaims, headerOf(keys.p521, { alg: "ES256" }), "ES256")
  ),
  token(
    "signed with PS256 and the RS256 key",
    signed(keys.rs, validClaims, headerOf(keys.rs, { alg: "PS256" }), "PS256")
  ),
  token(
    "signed with RS256 and the PS256 key",
    signed(keys.ps, validClaims, headerOf(keys.ps, { alg: "RS256" }), "RS256")
  ),
  token("signed with RS256, with alg PS256", signed(keys.ps, validClaims, headerOf(keys.ps), "RS256")),
  token("signed with PS256, with alg RS256", signed(keys.rs, validClaims, headerOf(keys.rs), "PS256")),
  token(
    "with two alg members, the second of them none",
    signed(keys.ed25519, validClaims, `{"alg":"EdDSA","kid":"${keys.ed25519.kid}","alg":"none"}`)
  ),
  token(
    "whose alg is inside __proto__",
    signed(keys.ed25519, validClaims, `{"__proto__":${JSON.stringify(headerOf(keys.ed25519))}}`)
  ),
  token(
    "whose header has Alg instead of alg",
    signed(keys.ed25519, validClaims, { Alg: "EdDSA", kid: keys.ed25519.kid })
  )
]

const elsewhere = `https://${marker}.attacker.example/jwks`

/** Tokens that contain their own key, or the URL of one. */
export const embeddedKeys: ReadonlyArray<Attack> = Object.values(attackers).flatMap((key) => {
  const x5c = [key.publicKey.export({ format: "der", type: "spki" }).toString("base64")]
  return Object.entries({
    "a jwk": { jwk: jwkOf(key) },
    "a jwk without kid": { jwk: jwkOf(key), kid: undefined },
    "a jku": { jku: elsewhere },
    "a jku without kid": { jku: elsewhere, kid: undefined },
    "an x5u": { x5u: elsewhere },
    "an x5c": { x5c },
    "an x5t": { x5t: encode("0".repeat(20)), "x5t#S256": encode("0".repeat(32)), x5c },
    "a kid that is a URL": { kid: elsewhere }
  }).map(([name, more]) =>
    token(
      `signed with an attacker's ${key.alg} key, with ${name} in the header`,
      signed(key, validClaims, headerOf(key, more))
    )
  )
})

/** Against a service with a shared secret: signed without the secret, or with an algorithm other than HS256. */
export const withoutTheSecret: ReadonlyArray<Attack> = [
  ...[384, 512].flatMap((bits) => [
    token(`signed with HS${bits}`, signedWithSecret(validClaims, { alg: `HS${bits}` }, secret, `sha${bits}`)),
    token(
      `signed with HS${bits}, with alg HS256`,
      signedWithSecret(validClaims, { alg: "HS256" }, secret, `sha${bits}`)
    ),
    token(`signed with HS256, with alg HS${bits}`, signedWithSecret(validClaims, { alg: `HS${bits}` }))
  ]),
  ...["hs256", "Hs256", "HS256 ", "HMAC", "HS1", "constructor"].map((alg) =>
    token(`signed with HS256, with alg ${JSON.stringify(alg)}`, signedWithSecret(validClaims, { alg }))
  ),
  ...Object.entries({
    "an empty secret": "",
    "a NUL as the secret": "\0",
    "the secret and a character": `${secret}!`,
    "the secret and a line break": `${secret}\n`,
    "the secret without its last character": secret.slice(0, -1),
    "the secret in lower case": secret.toLowerCase(),
    "the secret read as base64": Buffer.from(secret, "base64"),
    "the secret in UTF-16": Buffer.from(secret, "utf16le"),
    "the word undefined": "undefined",
    "Better Auth's public default secret": "better-auth-secret-12345678901234567890"
  }).map(([name, key]) => token(`signed with ${name}`, signedWithSecret(validClaims, { alg: "HS256" }, key))),
  token(
    "with its secret as a jwk in the header",
    signedWithSecret(validClaims, { alg: "HS256", jwk: { kty: "oct", k: encode(marker) } }, marker)
  ),
  token(
    "whose kid is the path of an empty file",
    signedWithSecret(validClaims, { alg: "HS256", kid: "../../../dev/null" }, "")
  ),
  token(
    "whose kid selects its own secret",
    signedWithSecret(validClaims, { alg: "HS256", kid: "' union select 'key" }, "key")
  ),
  ...Object.values(keys).map((key) => token(`signed with ${key.alg} and an issuer's key ${key.kid}`, signed(key)))
]
