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

const { ed25519, p256, p521, ps, rs } = keys

const contentOf = (key: Key) => `${encode(headerOf(key))}.${encode(validClaims)}`
const bytesOf = (token: string) => Buffer.from(partsOf(token).signature, "base64url")
const withBytes = (key: Key, signature: Uint8Array) =>
  `${contentOf(key)}.${Buffer.from(signature).toString("base64url")}`

const flipped = (bytes: Uint8Array, at: number) => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** By PSS every signature is another: one whose number begins with a zero, or one that does not. */
const signedByPss = (beginsWithZero: boolean): string => {
  const token = signed(ps)
  return (bytesOf(token)[0] === 0) === beginsWithZero ? token : signedByPss(beginsWithZero)
}

/** OpenSSL reads the number and not its length, so the zero may be left out (RFC 8017, section 8.1.2, would refuse that). */
export const withoutItsZero = () => withBytes(ps, bytesOf(signedByPss(true)).subarray(1))

/** What can happen to a signature of any algorithm. */
const ofAny = (key: Key): ReadonlyArray<Attack> => {
  const good = key === ps ? signedByPss(false) : signed(key)
  const bytes = bytesOf(good)
  const { claims, header, signature } = partsOf(good)
  const another = signed(key, { ...validClaims, sub: "somebody else" })
  const stranger = Object.values(attackers).find(({ kid }) => kid === key.kid)
  const text = (part: string) => Buffer.from(part, "base64url")
  return [
    token(`by ${key.alg} whose signature is zero`, withBytes(key, Buffer.alloc(bytes.length))),
    token(`by ${key.alg} whose signature is all ones`, withBytes(key, Buffer.alloc(bytes.length, 0xff))),
    token(`by ${key.alg} whose signature is one byte`, withBytes(key, Buffer.alloc(1))),
    token(`by ${key.alg} whose signature lacks its last byte`, withBytes(key, bytes.subarray(0, -1))),
    token(`by ${key.alg} whose signature lacks its first byte`, withBytes(key, bytes.subarray(1))),
    token(
      `by ${key.alg} whose signature has a zero behind it`,
      withBytes(key, Buffer.concat([bytes, Buffer.alloc(1)]))
    ),
    token(
      `by ${key.alg} whose signature has a zero before it`,
      withBytes(key, Buffer.concat([Buffer.alloc(1), bytes]))
    ),
    token(`by ${key.alg} whose signature stands there twice`, withBytes(key, Buffer.concat([bytes, bytes]))),
    token(`by ${key.alg} whose signature is turned round`, withBytes(key, Buffer.from(bytes).reverse())),
    token(`by ${key.alg} with another bit at the start of its signature`, withBytes(key, flipped(bytes, 0))),
    token(
      `by ${key.alg} with another bit in the middle of its signature`,
      withBytes(key, flipped(bytes, bytes.length >> 1))
    ),
    token(
      `by ${key.alg} with another bit at the end of its signature`,
      withBytes(key, flipped(bytes, bytes.length - 1))
    ),
    token(`by ${key.alg} with another bit in its header`, `${encode(flipped(text(header), 9))}.${claims}.${signature}`),
    token(
      `by ${key.alg} with another bit in its claims`,
      `${header}.${encode(flipped(text(claims), 12))}.${signature}`
    ),
    token(`by ${key.alg} with another user`, `${header}.${encode({ ...validClaims, sub: "eve" })}.${signature}`),
    token(
      `by ${key.alg} with another end`,
      `${header}.${encode({ ...validClaims, exp: validClaims.exp + 1 })}.${signature}`
    ),
    token(
      `by ${key.alg} with a blank in its claims`,
      `${header}.${encode(`${JSON.stringify(validClaims)} `)}.${signature}`
    ),
    token(`by ${key.alg} with another header`, `${encode(headerOf(key, { typ: "JWT" }))}.${claims}.${signature}`),
    token(`by ${key.alg} with the signature of another token`, withBytes(key, bytesOf(another))),
    token(
      `by ${key.alg} with a signature over the claims alone`,
      withBytes(key, bytesOf(signed({ ...key }, "", validClaims)))
    ),
    ...(stranger === undefined ? [] : [token(`by somebody's ${key.alg} key in the issuer's name`, signed(stranger))])
  ]
}

const orders = {
  ES256: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  ES512: BigInt(
    "0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
  )
}

const toBytes = (number: bigint, length: number) => Buffer.from(number.toString(16).padStart(length * 2, "0"), "hex")
const toNumber = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`)

/** r and s, each of half the length: what a verifier must see before it reckons (CVE-2022-21449). */
const ofEcdsa = (key: Key, n: bigint): ReadonlyArray<Attack> => {
  const bytes = bytesOf(signed(key))
  const half = bytes.length / 2
  const [r, s] = [bytes.subarray(0, half), bytes.subarray(half)]
  const [zero, one, order] = [Buffer.alloc(half), toBytes(1n, half), toBytes(n, half)]
  const der = sign(key.alg === "ES256" ? "sha256" : "sha512", Buffer.from(contentOf(key)), key.privateKey)
  const pairs: Record<string, readonly [Uint8Array, Uint8Array]> = {
    "r zero": [zero, s],
    "s zero": [r, zero],
    "r the order": [order, s],
    "s the order": [r, order],
    "r and s the order": [order, order],
    "r zero and s the order": [zero, order],
    "r and s one": [one, one],
    "r the order and s one": [order, one],
    "r and s exchanged": [s, r],
    "r in both places": [r, r],
    "r without its first byte": [r.subarray(1), s],
    "s without its last byte": [r, s.subarray(0, -1)],
    "r and s longer by a zero each": [Buffer.concat([Buffer.alloc(1), r]), Buffer.concat([Buffer.alloc(1), s])],
    "s larger by the order": [r, toBytes(toNumber(s) + n, half + 1)]
  }
  return [
    ...Object.entries(pairs).map(([name, pair]) =>
      token(`by ${key.alg} with ${name}`, withBytes(key, Buffer.concat(pair)))
    ),
    token(`by ${key.alg} with its signature in DER`, withBytes(key, der)),
    token(
      `by ${key.alg} with a signature in DER of r and s zero`,
      withBytes(key, Buffer.from("3006020100020100", "hex"))
    )
  ]
}

/** The other of the two signatures that ECDSA has for everything: as good as the first. */
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
    token("by EdDSA whose scalar is larger by the order", withBytes(key, Buffer.concat([point, larger]))),
    token("by EdDSA with the identity and zero", withBytes(key, Buffer.concat([identity, Buffer.alloc(32)]))),
    token("by EdDSA with the identity and the scalar of a good one", withBytes(key, Buffer.concat([identity, scalar]))),
    token("by EdDSA with its halves exchanged", withBytes(key, Buffer.concat([scalar, point]))),
    token(
      "by EdDSA with the sign of its point turned",
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
    token(`by ${key.alg} whose signature is 1`, withBytes(key, toBytes(1n, 256))),
    token(`by ${key.alg} whose signature is the modulus`, withBytes(key, toBytes(n, 256))),
    token(`by ${key.alg} whose signature is the modulus less 1`, withBytes(key, toBytes(n - 1n, 256))),
    token(
      `by ${key.alg} whose signature is larger by the modulus`,
      withBytes(key, toBytes(toNumber(bytesOf(signed(key))) + n, 257))
    ),
    token(`by ${key.alg} over SHA-1`, by(key.alg === "RS256" ? pkcs1("sha1") : pss("sha1", 20))),
    token(`by ${key.alg} over SHA-512`, by(key.alg === "RS256" ? pkcs1("sha512") : pss("sha512", 64)))
  ]
}

export const signatures: ReadonlyArray<Attack> = [
  ...[ed25519, p256, p521, rs, ps].flatMap(ofAny),
  ...ofEcdsa(p256, orders.ES256),
  ...ofEcdsa(p521, orders.ES512),
  ...ofEd25519(ed25519),
  ...ofRsa(rs),
  ...ofRsa(ps),
  ...[0, 20, 31, 33, 64].map((salt) =>
    token(
      `by PS256 with a salt of ${salt} bytes`,
      withBytes(ps, pss("sha256", salt)(Buffer.from(contentOf(ps)), ps.privateKey))
    )
  )
]
