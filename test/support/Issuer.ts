import {
  constants,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign as signBytes
} from "node:crypto"

/**
 * An issuer that works by hand, so that its tokens can be wrong in ways that a library would not
 * make them: every part of a token is whatever the test says, and only the signature is reckoned.
 */
export const now = 1_800_000_000
export const issuer = "https://issuer.example"
export const audience = "tasks"
export const jwksUrl = new URL(`${issuer}/api/auth/jwks`)
export const secret = "kB7pWmX2cVq9RtZ4sLf8hJd3nGy6aE1u"

/** Part of every text claim: an output that contains it repeats part of a token. */
export const marker = "xyzzy"

export const validClaims = {
  sub: `${marker}-ada`,
  email: `${marker}@example.com`,
  name: `${marker} Lovelace`,
  iss: issuer,
  aud: audience,
  iat: now,
  exp: now + 900
}

/** Text and bytes are taken as they are, anything else as JSON. */
export type Part = unknown

export const encode = (part: Part) =>
  Buffer.from(typeof part === "string" || part instanceof Uint8Array ? part : JSON.stringify(part)).toString(
    "base64url"
  )

type Sign = (content: Buffer, key: KeyObject) => Buffer

const ecdsa =
  (hash: string): Sign =>
  (content, key) =>
    signBytes(hash, content, { key, dsaEncoding: "ieee-p1363" })

export const pss =
  (hash: string, saltLength: number): Sign =>
  (content, key) =>
    signBytes(hash, content, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })

export const pkcs1 =
  (hash: string): Sign =>
  (content, key) =>
    signBytes(hash, content, key)

const eddsa: Sign = (content, key) => signBytes(null, content, key)

/** How each algorithm signs; of these the service takes six. */
const signers: Record<string, Sign> = {
  EdDSA: eddsa,
  Ed25519: eddsa,
  ES256: ecdsa("sha256"),
  ES256K: ecdsa("sha256"),
  ES384: ecdsa("sha384"),
  ES512: ecdsa("sha512"),
  RS256: pkcs1("sha256"),
  RS384: pkcs1("sha384"),
  RS512: pkcs1("sha512"),
  PS256: pss("sha256", 32),
  PS384: pss("sha384", 48),
  PS512: pss("sha512", 64)
}

export interface Key {
  readonly alg: string
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const key = (alg: string, kid: string, privateKey: KeyObject): Key => ({
  alg,
  kid,
  privateKey,
  publicKey: createPublicKey(privateKey)
})

const ed25519 = () => generateKeyPairSync("ed25519").privateKey
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).privateKey
const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength }).privateKey

const oneRsa = rsa(2048)
const anotherRsa = rsa(2048)

/** The keys that tokens may be signed with. RSA as PS and as RS is the same pair and differs by name and `alg` only. */
export const keys = {
  ed25519: key("EdDSA", "ed25519-1", ed25519()),
  /** A second of the same type, so that a token without `kid` names neither. */
  older: key("EdDSA", "ed25519-0", ed25519()),
  p256: key("ES256", "p256-1", ec("P-256")),
  p384: key("ES384", "p384-1", ec("P-384")),
  p521: key("ES512", "p521-1", ec("P-521")),
  rs: key("RS256", "rsa-rs-1", oneRsa),
  ps: key("PS256", "rsa-ps-1", oneRsa)
}

/** Published without an `alg`: that an algorithm is not one of ours, nothing but our own list says. */
export const unbound = {
  ed25519: key("EdDSA", "ed25519-unbound", ed25519()),
  p256: key("ES256", "p256-unbound", ec("P-256")),
  rsa: key("RS256", "rsa-unbound", oneRsa)
}

/** Keys that the issuer owns, and that are of no use to us. */
export const odd = {
  secp256k1: key("ES256K", "secp256k1-1", ec("secp256k1")),
  ed448: key("EdDSA", "ed448-1", generateKeyPairSync("ed448").privateKey),
  x25519: key("ECDH-ES", "x25519-1", generateKeyPairSync("x25519").privateKey),
  short: key("RS256", "rsa-1024", rsa(1024)),
  removed: key("EdDSA", "ed25519-removed", ed25519())
}

/** Keys of an attacker, under the names of the issuer's own keys. */
export const attackers = {
  ed25519: key("EdDSA", keys.ed25519.kid, ed25519()),
  p256: key("ES256", keys.p256.kid, ec("P-256")),
  p384: key("ES384", keys.p384.kid, ec("P-384")),
  p521: key("ES512", keys.p521.kid, ec("P-521")),
  rs: key("RS256", keys.rs.kid, anotherRsa),
  ps: key("PS256", keys.ps.kid, anotherRsa)
}

export const jwkOf = ({ alg, kid, publicKey }: Key, more: JsonWebKey = {}): JsonWebKey => ({
  ...publicKey.export({ format: "jwk" }),
  alg,
  kid,
  ...more
})

export const headerOf = ({ alg, kid }: Key, more: object = {}) => ({ alg, kid, ...more })

/** The signature over text that is already encoded, by the key's own algorithm or by another. */
export const signatureOf = ({ privateKey }: Key, content: string, alg: string) =>
  (signers[alg] ?? eddsa)(Buffer.from(content), privateKey)

const hmac = (hash: string, secret: string | Buffer, content: string) =>
  createHmac(hash, secret).update(content).digest()

export const signed = (key: Key, claims: Part = validClaims, header: Part = headerOf(key), alg = key.alg) => {
  const content = `${encode(header)}.${encode(claims)}`
  return `${content}.${signatureOf(key, content, alg).toString("base64url")}`
}

export const signedWithSecret = (
  claims: Part = validClaims,
  header: Part = { alg: "HS256" },
  key: string | Buffer = secret,
  hash = "sha256"
) => {
  const content = `${encode(header)}.${encode(claims)}`
  return `${content}.${hmac(hash, key, content).toString("base64url")}`
}

/** One way in which a token can be rightly signed, for faults that have nothing to do with the signature. */
export interface Signer {
  readonly header: object
  readonly sign: (claims?: Part, header?: Part) => string
  /** Over parts that are encoded already, well or badly. */
  readonly seal: (header: string, claims: string) => string
}

export const withKey: Signer = {
  header: headerOf(keys.ed25519),
  sign: (claims, header) => signed(keys.ed25519, claims, header),
  seal: (header, claims) => {
    const content = `${header}.${claims}`
    return `${content}.${signatureOf(keys.ed25519, content, "EdDSA").toString("base64url")}`
  }
}

export const withSecret: Signer = {
  header: { alg: "HS256" },
  sign: (claims, header) => signedWithSecret(claims, header),
  seal: (header, claims) => {
    const content = `${header}.${claims}`
    return `${content}.${hmac("sha256", secret, content).toString("base64url")}`
  }
}

/** The parts of a token. */
export const partsOf = (token: string) => {
  const [header = "", claims = "", signature = ""] = token.split(".")
  return { header, claims, signature }
}
