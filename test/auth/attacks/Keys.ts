import { createHash, type JsonWebKey } from "node:crypto"
import {
  encode,
  headerOf,
  jwkOf,
  type Key,
  keys,
  marker,
  odd,
  secret,
  signed,
  signedWithSecret,
  unbound,
  validClaims
} from "../../support/Issuer.ts"
import { type Attack, token } from "./Attack.ts"

const { ed25519, p256, p521, ps, rs } = keys

/** `kid` is the only thing that a token may say of its key, and it is compared with what is published: nothing more. */
export const kids: ReadonlyArray<Attack> = [
  ...Object.entries({
    "a path": "../../dev/null",
    "an absolute path": "/proc/self/environ",
    "a file URL": "file:///dev/null",
    SQL: "' or '1'='1",
    "SQL that selects a key": "x' union select 'key' --",
    "a shell command": "$(id)|id;`id`",
    "a template": "{{7*7}}#{7*7}",
    "a NUL": "\0",
    "the right name and a NUL": `${ed25519.kid}\0`,
    "the right name and a space": `${ed25519.kid} `,
    "the right name in capitals": ed25519.kid.toUpperCase(),
    "a lone surrogate": "\ud800",
    "a line break and a header": `${ed25519.kid}\r\nSet-Cookie: ${marker}=1`,
    "very long": "k".repeat(5000),
    empty: "",
    "a number": 1,
    "a list": [ed25519.kid],
    "an object": { kid: ed25519.kid },
    true: true,
    null: null,
    __proto__: "__proto__",
    constructor: "constructor",
    hasOwnProperty: "hasOwnProperty",
    "the place of a key in the list": 0,
    "the place of a key in the list as text": "0",
    unknown: "ed25519-2"
  }).map(([name, kid]) => token(`whose kid is ${name}`, signed(ed25519, validClaims, headerOf(ed25519, { kid })))),
  token("whose kid is the property __proto__", signed(ed25519, validClaims, headerOf(ed25519, { kid: "__proto__" }))),
  token(
    "without a kid, signed with a key that the issuer does not publish",
    signed(odd.removed, validClaims, headerOf(odd.removed, { kid: undefined }))
  ),
  token(
    "signed with ES256, with the kid of the Ed25519 key",
    signed(p256, validClaims, headerOf(p256, { kid: ed25519.kid }))
  ),
  token(
    "signed with EdDSA, with the kid of the P-256 key",
    signed(ed25519, validClaims, headerOf(ed25519, { kid: p256.kid }))
  ),
  token(
    "signed with ES512, with the kid of the P-256 key",
    signed(p521, validClaims, headerOf(p521, { kid: p256.kid }))
  ),
  token(
    "signed with RS256, with the kid of the Ed25519 key",
    signed(rs, validClaims, headerOf(rs, { kid: ed25519.kid }))
  ),
  token("signed with RS256, with the kid of the PS256 key", signed(rs, validClaims, headerOf(rs, { kid: ps.kid }))),
  token("signed with PS256, with the kid of the RS256 key", signed(ps, validClaims, headerOf(ps, { kid: rs.kid }))),
  token("signed with the older key, with the kid of the newer key", signed(keys.older, validClaims, headerOf(ed25519))),
  token("signed with a key that the issuer has removed", signed(odd.removed))
]

interface Useless {
  readonly jwk: object
  readonly name: string
  readonly token: string
}

const useless = (name: string, key: Key, more: JsonWebKey, alg = key.alg): Useless => {
  const kid = `useless: ${name}`
  return { name, jwk: jwkOf(key, { kid, ...more }), token: signed(key, validClaims, { alg, kid }, alg) }
}

const octet = (name: string, more: object, header: object, token = signedWithSecret): Useless => {
  const kid = `useless: ${name}`
  return {
    name,
    jwk: { kty: "oct", k: encode(secret), kid, ...more },
    token: token(validClaims, { kid, ...header }, secret)
  }
}

/** A point that is not on the curve: the last byte of y is another. */
const offCurve = () => {
  const y = Buffer.from(String(jwkOf(p256).y), "base64url")
  y[31] = (y[31] ?? 0) ^ 1
  return y.toString("base64url")
}

/** With an exponent of 1 a signature is the padded digest itself (PKCS #1), and anybody can write that. */
const unsignedRsa = (): Useless => {
  const name = "RSA with an exponent of 1"
  const header = encode({ alg: "RS256", kid: name })
  const content = `${header}.${encode(validClaims)}`
  const digest = Buffer.concat([
    Buffer.from("3031300d060960864801650304020105000420", "hex"),
    createHash("sha256").update(content).digest()
  ])
  const padding = Buffer.alloc(256 - 3 - digest.length, 0xff)
  const signature = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.alloc(1), digest])
  return { name, jwk: jwkOf(rs, { kid: name, e: "AQ" }), token: `${content}.${signature.toString("base64url")}` }
}

/** Where the key is the neutral point, the neutral point and zero sign everything. */
const neutralEd25519 = (): Useless => {
  const name = "Ed25519 with the neutral point"
  const point = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)])
  const content = `${encode({ alg: "EdDSA", kid: name })}.${encode(validClaims)}`
  const signature = Buffer.concat([point, Buffer.alloc(32)]).toString("base64url")
  return { name, jwk: jwkOf(ed25519, { kid: name, x: point.toString("base64url") }), token: `${content}.${signature}` }
}

const ops = (...key_ops: Array<string>) => ({ key_ops })

/** Published by the issuer itself, and still not keys that tokens are checked with. */
const list: ReadonlyArray<Useless> = [
  ...[ed25519, p256, rs].flatMap((key) => [
    useless(`${key.alg} for encryption`, key, { use: "enc" }),
    useless(`${key.alg} for a use in capitals`, key, { use: "SIG" }),
    useless(`${key.alg} for several uses`, key, { use: ["sig"] as never }),
    useless(`${key.alg} for signing only`, key, ops("sign")),
    useless(`${key.alg} for encrypting`, key, ops("encrypt")),
    useless(`${key.alg} for no operation`, key, ops()),
    useless(`${key.alg} for verifying twice`, key, ops("verify", "verify")),
    useless(`${key.alg} whose operations are text`, key, { key_ops: "verify" as never })
  ]),
  useless("P-256 for ES512", p256, { alg: "ES512" }),
  useless("P-256 for ES384", p256, { alg: "ES384" }),
  useless("Ed25519 for ES256", ed25519, { alg: "ES256" }),
  useless("RSA for RS512", rs, { alg: "RS512" }),
  useless("RSA for RSA-OAEP", rs, { alg: "RSA-OAEP-256" }),
  useless("RSA for none", rs, { alg: "none" }),
  useless("RSA of 1024 bits", odd.short, {}),
  useless("RSA of 1024 bits by PS256", { ...odd.short, alg: "PS256" }, {}),
  unsignedRsa(),
  neutralEd25519(),
  useless("secp256k1", odd.secp256k1, {}),
  useless("secp256k1 that says P-256", { ...odd.secp256k1, alg: "ES256" }, { crv: "P-256" }),
  useless("secp256k1 for ES256", { ...odd.secp256k1, alg: "ES256" }, {}),
  useless("Ed448", odd.ed448, {}),
  useless("Ed448 that says Ed25519", odd.ed448, { crv: "Ed25519" }),
  { ...useless("X25519", ed25519, {}), jwk: { ...jwkOf(odd.x25519), kid: "useless: X25519", alg: "EdDSA" } },
  useless("P-256 with a point off the curve", p256, { y: offCurve() }),
  useless("P-256 with an empty y", p256, { y: "" }),
  useless("Ed25519 that is too short", ed25519, { x: encode("short") }),
  useless("Ed25519 with another kty", ed25519, { kty: "EC" }),
  useless("RSA with another kty", rs, { kty: "rsa" }),
  octet("the secret as a symmetric key", {}, { alg: "HS256" }),
  octet("the secret as a symmetric key for HS256", { alg: "HS256", use: "sig" }, { alg: "HS256" }),
  octet("the secret as a symmetric key for EdDSA", { alg: "EdDSA" }, { alg: "EdDSA" })
]

export const published: ReadonlyArray<object> = [
  ...Object.values(keys).map((key) => jwkOf(key, { use: "sig" })),
  ...Object.values(unbound).map((key) => ({ ...jwkOf(key), alg: undefined })),
  ...list.map(({ jwk }) => jwk),
  // What is no key at all must not spoil the others.
  null,
  7,
  [],
  "key",
  {},
  { kty: "OKP" },
  { kid: 7, ...jwkOf(ed25519, { kid: 7 as never }) }
] as ReadonlyArray<object>

export const unusable: ReadonlyArray<Attack> = [
  ...list.map(({ name, token: text }) => token(`signed with a published key that must not be used: ${name}`, text)),
  token("whose kid is the number that a published key has", signed(ed25519, validClaims, headerOf(ed25519, { kid: 7 })))
]
