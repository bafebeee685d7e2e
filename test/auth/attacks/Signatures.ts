import { sign } from "node:crypto"
import {
  attackers,
  encode,
  headerOf,
  type Key,
  keys,
  partsOf,
  pkcs1,
  pss,
  signed,
  validClaims
} from "../../support/Issuer.ts"
import { type Attack, token } from "./Attack.ts"

const { ed25519, p256, p384, p521, ps, rs } = keys

const contentOf = (key: Key) => `${encode(headerOf(key))}.${encode(validClaims)}`
const bytesOf = (token: string) => Buffer.from(partsOf(token).signature, "base64url")
const withBytes = (key: Key, signature: Uint8Array) =>
  `${contentOf(key)}.${Buffer.from(signature).toString("base64url")}`

const flipped = (bytes: Uint8Array, at: number) => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** PSS is randomized: signs until the signature begins with a zero byte, or until it does not. */
const signedByPss = (beginsWithZero: boolean): string => {
  const token = signed(ps)
  return (bytesOf(token)[0] === 0) === beginsWithZero ? token : signedByPss(beginsWithZero)
}

/** OpenSSL accepts a signature without its leading zero byte. RFC 8017, section 8.1.2, requires the full length. */
export const withoutItsZero = () => withBytes(ps, bytesOf(signedByPss(true)).subarray(1))

/** Faults that the signature of any algorithm can have. */
const ofAny = (key: Key): ReadonlyArray<Attack> => {
  const good = key === ps ? signedByPss(false) : signed(key)
  const bytes = bytesOf(good)
  const { claims, header, signature } = partsOf(good)
  const another = signed(key, { ...validClaims, sub: "eve" })
  const attacker = Object.values(attackers).find(({ kid }) => kid === key.kid)
  const text = (part: string) => Buffer.from(part, "base64url")
  return [
    token(`signed with ${key.alg} whose signature is all zeros`, withBytes(key, Buffer.alloc(bytes.length))),
    token(`signed with ${key.alg} whose signature is all ones`, withBytes(key, Buffer.alloc(bytes.length, 0xff))),
    token(`signed with ${key.alg} whose signature is one byte`, withBytes(key, Buffer.alloc(1))),
    token(`signed with ${key.alg} whose signature lacks its last byte`, withBytes(key, bytes.subarray(0, -1))),
    token(`signed with ${key.alg} whose signature lacks its first byte`, withBytes(key, bytes.subarray(1))),
    token(
      `signed with ${key.alg} whose signature has a zero byte after it`,
      withBytes(key, Buffer.concat([bytes, Buffer.alloc(1)]))
    ),
    token(
      `signed with ${key.alg} whose signature has a zero byte before it`,
      withBytes(key, Buffer.concat([Buffer.alloc(1), bytes]))
    ),
    token(`signed with ${key.alg} whose signature is repeated`, withBytes(key, Buffer.concat([bytes, bytes]))),
    token(`signed with ${key.alg} whose signature is reversed`, withBytes(key, Buffer.from(bytes).reverse())),
    token(`signed with ${key.alg} with a flipped bit at the start of its signature`, withBytes(key, flipped(bytes, 0))),
    token(
      `signed with ${key.alg} with a flipped bit in the middle of its signature`,
      withBytes(key, flipped(bytes, bytes.length >> 1))
    ),
    token(
      `signed with ${key.alg} with a flipped bit at the end of its signature`,
      withBytes(key, flipped(bytes, bytes.length - 1))
    ),
    token(
      `signed with ${key.alg} with a flipped bit in its header`,
      `${encode(flipped(text(header), 9))}.${claims}.${signature}`
    ),
    token(
      `signed with ${key.alg} with a flipped bit in its claims`,
      `${header}.${encode(flipped(text(claims), 12))}.${signature}`
    ),
    token(
      `signed with ${key.alg} with another sub`,
      `${header}.${encode({ ...validClaims, sub: "eve" })}.${signature}`
    ),
    token(
      `signed with ${key.alg} with another exp`,
      `${header}.${encode({ ...validClaims, exp: validClaims.exp + 1 })}.${signature}`
    ),
    token(
      `signed with ${key.alg} with a space after its claims`,
      `${header}.${encode(`${JSON.stringify(validClaims)} `)}.${signature}`
    ),
    token(
      `signed with ${key.alg} with another header`,
      `${encode(headerOf(key, { typ: "JWT" }))}.${claims}.${signature}`
    ),
    token(`signed with ${key.alg} with the signature of another token`, withBytes(key, bytesOf(another))),
    token(
      `signed with ${key.alg} with a signature over the claims alone`,
      withBytes(key, bytesOf(signed({ ...key }, "", validClaims)))
    ),
    ...(attacker === undefined
      ? []
      : [token(`signed with an attacker's ${key.alg} key, with the kid of the issuer's key`, signed(attacker))])
  ]
}

const orders = {
  ES256: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  ES384: BigInt("0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
  ES512: BigInt(
    "0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
  )
}

const toBytes = (number: bigint, length: number) => Buffer.from(number.toString(16).padStart(length * 2, "0"), "hex")
const toNumber = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`)

/** Values of r and s that a verifier must reject before it computes (CVE-2022-21449). */
const ofEcdsa = (key: Key, n: bigint): ReadonlyArray<Attack> => {
  const bytes = bytesOf(signed(key))
  const half = bytes.length / 2
  const [r, s] = [bytes.subarray(0, half), bytes.subarray(half)]
  const [zero, one, order] = [Buffer.alloc(half), toBytes(1n, half), toBytes(n, half)]
  const der = sign(key.alg === "ES256" ? "sha256" : "sha512", Buffer.from(contentOf(key)), key.privateKey)
  const pairs: Record<string, readonly [Uint8Array, Uint8Array]> = {
    "r = 0": [zero, s],
    "s = 0": [r, zero],
    "r = order": [order, s],
    "s = order": [r, order],
    "r = s = order": [order, order],
    "r = 0 and s = order": [zero, order],
    "r = s = 1": [one, one],
    "r = order and s = 1": [order, one],
    "r and s swapped": [s, r],
    "s = r": [r, r],
    "r without its first byte": [r.subarray(1), s],
    "s without its last byte": [r, s.subarray(0, -1)],
    "r and s padded with a zero byte each": [Buffer.concat([Buffer.alloc(1), r]), Buffer.concat([Buffer.alloc(1), s])],
    "s increased by the order": [r, toBytes(toNumber(s) + n, half + 1)]
  }
  return [
    ...Object.entries(pairs).map(([name, pair]) =>
      token(`signed with ${key.alg} with ${name}`, withBytes(key, Buffer.concat(pair)))
    ),
    token(`signed with ${key.alg} with its signature in DER`, withBytes(key, der)),
    token(
      `signed with ${key.alg} with a signature in DER of r = s = 0`,
      withBytes(key, Buffer.from("3006020100020100", "hex"))
    )
  ]
}

/** The second valid ECDSA signature of the same content: (r, order - s). */
export const mirrored = (token: string) => {
  const bytes = bytesOf(token)
  const s = orders.ES256 - toNumber(bytes.subarray(32))
  const { claims, header } = partsOf(token)
  return `${header}.${claims}.${Buffer.concat([bytes.subarray(0, 32), toBytes(s, 32)]).toString("base64url")}`
}

const ofEd25519 = (key: Key): ReadonlyArray<Attack> => {
  const bytes = bytesOf(signed(key))
  const [point, scalar] = [bytes.subarray(0, 32), bytes.subarray(32)]
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)])
  const larger = toBytes(toNumber(Buffer.from(scalar).reverse()) + order, 32).reverse()
  return [
    token("signed with EdDSA whose scalar is increased by the order", withBytes(key, Buffer.concat([point, larger]))),
    token(
      "signed with EdDSA with the identity point and the scalar 0",
      withBytes(key, Buffer.concat([identity, Buffer.alloc(32)]))
    ),
    token(
      "signed with EdDSA with the identity point and a valid scalar",
      withBytes(key, Buffer.concat([identity, scalar]))
    ),
    token("signed with EdDSA with point and scalar swapped", withBytes(key, Buffer.concat([scalar, point]))),
    token(
      "signed with EdDSA with the sign bit of its point flipped",
      withBytes(key, flipped(Buffer.from(bytes), 31).fill((bytes[31] ?? 0) ^ 0x80, 31, 32))
    )
  ]
}

const ofRsa = (key: Key): ReadonlyArray<Attack> => {
  const n = toNumber(Buffer.from(String(key.publicKey.export({ format: "jwk" }).n), "base64url"))
  const content = Buffer.from(contentOf(key))
  const by = (sign: (content: Buffer, privateKey: Key["privateKey"]) => Buffer) =>
    withBytes(key, sign(content, key.privateKey))
  return [
    token(`signed with ${key.alg} whose signature is 1`, withBytes(key, toBytes(1n, 256))),
    token(`signed with ${key.alg} whose signature is the modulus`, withBytes(key, toBytes(n, 256))),
    token(`signed with ${key.alg} whose signature is the modulus minus 1`, withBytes(key, toBytes(n - 1n, 256))),
    token(
      `signed with ${key.alg} whose signature is increased by the modulus`,
      withBytes(key, toBytes(toNumber(bytesOf(signed(key))) + n, 257))
    ),
    token(`signed with ${key.alg} with SHA-1`, by(key.alg === "RS256" ? pkcs1("sha1") : pss("sha1", 20))),
    token(`signed with ${key.alg} with SHA-512`, by(key.alg === "RS256" ? pkcs1("sha512") : pss("sha512", 64)))
  ]
}

export const signatures: ReadonlyArray<Attack> = [
  ...[ed25519, p256, p384, p521, rs, ps].flatMap(ofAny),
  ...ofEcdsa(p256, orders.ES256),
  ...ofEcdsa(p384, orders.ES384),
  ...ofEcdsa(p521, orders.ES512),
  ...ofEd25519(ed25519),
  ...ofRsa(rs),
  ...ofRsa(ps),
  ...[0, 20, 31, 33, 64].map((salt) =>
    token(
      `signed with PS256 and a salt of ${salt} bytes`,
      withBytes(ps, pss("sha256", salt)(Buffer.from(contentOf(ps)), ps.privateKey))
    )
  )
]
