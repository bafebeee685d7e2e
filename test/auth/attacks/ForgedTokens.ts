import { constants, createCipheriv, createHash, publicEncrypt } from "node:crypto"
import {
  audience,
  encode,
  headerOf,
  issuer,
  keys,
  marker,
  now,
  type Signer,
  secret,
  signed,
  signedWithSecret,
  validClaims
} from "../../support/Issuer.ts"
import { type Attack, token } from "./Attack.ts"

/** A JWE in compact form, with five parts. Anyone can encrypt to a public key. */
const encrypted = (header: object, key: Buffer, wrapped: Buffer | "", payload: string) => {
  const head = encode(header)
  const iv = Buffer.alloc(12, 7)
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(head))
  const text = Buffer.concat([cipher.update(payload), cipher.final()])
  return [
    head,
    ...[Buffer.from(wrapped), iv, text, cipher.getAuthTag()].map((part) => part.toString("base64url"))
  ].join(".")
}

const digest = createHash("sha256").update(secret).digest()
const contentKey = Buffer.alloc(32, 9)
const wrapped = publicEncrypt(
  { key: keys.rs.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
  contentKey
)

const jwe: ReadonlyArray<Attack> = [
  token(
    "encrypted with the secret's digest",
    encrypted({ alg: "dir", enc: "A256GCM" }, digest, "", JSON.stringify(validClaims))
  ),
  token(
    "encrypted with the secret itself",
    encrypted({ alg: "dir", enc: "A256GCM", typ: "JWT" }, Buffer.from(secret), "", JSON.stringify(validClaims))
  ),
  token(
    "encrypted, with a signed token inside",
    encrypted({ alg: "dir", enc: "A256GCM", cty: "JWT" }, digest, "", signed(keys.ed25519))
  ),
  token(
    "encrypted to the issuer's public key",
    encrypted(
      { alg: "RSA-OAEP-256", enc: "A256GCM", kid: keys.rs.kid },
      contentKey,
      wrapped,
      JSON.stringify(validClaims)
    )
  )
]

const types = [
  "better-auth.session-cache+jwt",
  "id+jwt",
  "ID+JWT",
  "dpop+jwt",
  "JOSE",
  "JOSE+JSON",
  "JWE",
  "logout+jwt",
  "secevent+jwt",
  "token-introspection+jwt",
  "application/id+jwt",
  "application/dpop+jwt",
  "application/application/jwt",
  "text/jwt",
  "",
  " JWT",
  "JWT ",
  "JWT\n",
  "JWT;v=1",
  "at+jwt+jwt",
  "jwt, at+jwt",
  "constructor",
  7,
  0,
  true,
  null,
  ["JWT"],
  [],
  {},
  { typ: "JWT" }
]

/** Signed with the right key, but no access tokens of this service. */
export const otherTokenTypes = ({ header, sign }: Signer): ReadonlyArray<Attack> => [
  ...types.map((typ) => token(`with typ ${JSON.stringify(typ)}`, sign(validClaims, { ...header, typ }))),
  ...jwe,
  token(
    "that is signed, with the header of an encrypted token",
    sign(validClaims, { ...header, alg: "dir", enc: "A256GCM" })
  ),
  token("nested in a signed token", sign(sign(), { ...header, cty: "JWT" })),
  token("nested in a signed token as a JSON string", sign(JSON.stringify(sign()), { ...header, cty: "JWT" })),
  token("nested in a claim", sign({ token: sign() })),
  token(
    "that is Better Auth's e-mail verification token",
    sign({ email: validClaims.email, iat: now, exp: now + 3600 })
  ),
  token(
    "that is Better Auth's e-mail change token",
    sign({
      email: validClaims.email,
      updateTo: `${marker}@attacker.example`,
      requestType: "change-email-verification",
      iat: now,
      exp: now + 3600
    })
  ),
  token(
    "that is Better Auth's cookie cache",
    sign({ session, user, updatedAt: now * 1000, version: "1", iat: now, exp: now + 300 })
  ),
  token(
    "that is Better Auth's session cache",
    sign(
      { ...validClaims, session, user, aud: "better-auth:session-cache" },
      { ...header, typ: "better-auth.session-cache+jwt" }
    )
  ),
  token(
    "that is Better Auth's session cache without its type",
    sign({ ...validClaims, session, user, aud: "better-auth:session-cache" })
  ),
  token(
    "that is Better Auth's session cache without its audience",
    sign({ ...validClaims, session, user }, { ...header, typ: "better-auth.session-cache+jwt" })
  ),
  token("that is an id token for another client", sign({ ...validClaims, aud: "another-client", nonce: marker })),
  token(
    "that is an OpenID logout token",
    sign({ iss: issuer, aud: audience, iat: now, jti: marker, events: {} }, { ...header, typ: "logout+jwt" })
  ),
  token("that is an opaque session token", "4gXl0SCbRkGxH8pLw3mFJv5tN2eYqZ7a"),
  token("that is a signed cookie of a session token", `4gXl0SCbRkGxH8pLw3mFJv5tN2eYqZ7a.${encode("0".repeat(32))}=`),
  token("that is a random id", "0e3f6f1c-31a7-4a0b-8b0e-6b6f6f2d3a11"),
  token("that is a PASETO", `v4.public.${encode(validClaims)}`),
  token("that is a user id", validClaims.sub),
  token("that is the secret", secret),
  token("that is undefined", "undefined"),
  token("that is [object Object]", "[object Object]")
]

const user = { id: validClaims.sub, email: validClaims.email, name: validClaims.name, emailVerified: true }
const session = {
  id: marker,
  userId: validClaims.sub,
  token: `${marker}-session`,
  expiresAt: "2027-01-22T08:00:00.000Z"
}

/** Signed with the secret of the issuer, which a service that verifies with a JWKS must not accept. */
export const signedWithIssuerSecret: ReadonlyArray<Attack> = [
  token("signed with HS256 and the issuer's secret, with valid claims", signedWithSecret()),
  ...Object.values(keys).map((key) =>
    token(
      `signed with HS256 and the issuer's secret, with kid ${key.kid}`,
      signedWithSecret(validClaims, headerOf(key, { alg: "HS256" }))
    )
  ),
  token(
    "signed with HS256 and the issuer's secret, with alg EdDSA",
    signedWithSecret(validClaims, headerOf(keys.ed25519))
  ),
  token(
    "that is an e-mail verification token, signed with the issuer's secret",
    signedWithSecret({ email: validClaims.email, iat: now, exp: now + 3600 })
  ),
  token(
    "that is a cookie cache, signed with the issuer's secret",
    signedWithSecret({ session, user, updatedAt: now * 1000, version: "1", exp: now + 300 })
  ),
  token("signed with HS512 and the issuer's secret", signedWithSecret(validClaims, { alg: "HS512" }, secret, "sha512"))
]
