import { encode, marker, partsOf, type Signer, validClaims } from "../../support/Issuer.ts"
import type { Attack, Carrier } from "./Attack.ts"

const missing = (name: string, carrier: Carrier): Attack => ({ name, carrier, code: "TOKEN_MISSING" })
const odd = (name: string, authorization: string): Attack => ({ name, carrier: { headers: { authorization } } })
const schemeless = (name: string, authorization: string) => missing(name, { headers: { authorization } })

/** A good token anywhere but where it belongs is no token; and a bad one is bad under any spelling of the scheme. */
export const carriers = ({ sign }: Signer): ReadonlyArray<Attack> => {
  const good = sign()
  const { claims, header, signature } = partsOf(good)
  const bad = `${header}.${encode({ ...validClaims, sub: "eve" })}.${signature}`
  const basic = Buffer.from(`${validClaims.sub}:${good}`).toString("base64")
  return [
    missing("without a token", {}),
    schemeless("whose Authorization is empty", ""),
    schemeless("whose Authorization is Bearer alone", "Bearer"),
    schemeless("whose Authorization is Bearer and spaces", "Bearer   "),
    schemeless("whose Authorization is a token without a scheme", good),
    schemeless("with a tab behind Bearer", `Bearer\t${good}`),
    schemeless("with a colon behind Bearer", `Bearer: ${good}`),
    schemeless("with an equals sign behind Bearer", `Bearer=${good}`),
    schemeless("with nothing behind Bearer but the token", `Bearer${good}`),
    schemeless("with Token for a scheme", `Token ${good}`),
    schemeless("with JWT for a scheme", `JWT ${good}`),
    schemeless("with DPoP for a scheme", `DPoP ${good}`),
    schemeless("with Bearers for a scheme", `Bearers ${good}`),
    schemeless("with a scheme before Bearer", `Basic Bearer ${good}`),
    schemeless("with Basic and the token as password", `Basic ${basic}`),
    schemeless("with Basic and the token itself", `Basic ${good}`),
    schemeless("with Basic, and Bearer behind a comma", `Basic ${basic}, Bearer ${good}`),
    schemeless("with Digest", `Digest username="${validClaims.sub}", response="${marker}"`),
    schemeless("with Negotiate", `Negotiate ${encode(good)}`),
    odd("with two words behind Bearer", "Bearer  two words"),
    odd("with two tokens joined by a comma", `Bearer ${good}, Bearer ${good}`),
    odd("with a good token and a bad one joined by a comma", `Bearer ${good}, Bearer ${bad}`),
    odd("with a good token and a bad one joined without a space", `Bearer ${good},${bad}`),
    odd("with Bearer, and Basic behind a comma", `Bearer ${good}, Basic ${basic}`),
    odd("with Bearer twice", `Bearer Bearer ${good}`),
    odd("with a parameter instead of a token", `Bearer token="${good}"`),
    odd("with a challenge instead of a token", 'Bearer realm="tasks"'),
    odd("with bearer in small letters and a bad token", `bearer ${bad}`),
    odd("with BEARER in capitals and a bad token", `BEARER ${bad}`),
    odd("with bEaReR and an unsigned token", `bEaReR ${encode({ alg: "none" })}.${claims}.`),
    odd("with a form's space after the token", `Bearer ${good}+`),
    missing("with the token in the query as access_token", { query: `access_token=${good}` }),
    missing("with the token in the query as token", { query: `token=${good}` }),
    missing("with the token in the query as authorization", { query: `authorization=Bearer%20${good}` }),
    missing("with the token in the query as jwt", { query: `jwt=${good}` }),
    ...[
      "token",
      "access_token",
      "jwt",
      "session",
      "Authorization",
      "better-auth.session_token",
      "__Secure-better-auth.session_data"
    ].map((name) => missing(`with the token in the cookie ${name}`, { headers: { cookie: `${name}=${good}` } })),
    ...[
      "X-Authorization",
      "Proxy-Authorization",
      "X-Forwarded-Authorization",
      "X-Original-Authorization",
      "X-Access-Token",
      "X-Auth-Token",
      "X-Api-Key",
      "X-Amzn-Oidc-Data",
      "Authentication",
      "Authorization_",
      "Set-Auth-Token",
      "Sec-WebSocket-Protocol"
    ].map((name) => missing(`with the token in ${name}`, { headers: { [name]: `Bearer ${good}` } })),
    ...["X-User-Id", "X-Forwarded-User", "X-Remote-User", "Remote-User", "From"].map((name) =>
      missing(`with a user's name in ${name}`, { headers: { [name]: validClaims.sub } })
    ),
    missing("with the token in a form", { form: `access_token=${good}` }),
    missing("with the method in a header", { headers: { "x-http-method-override": "OPTIONS" } }),
    missing("that says it comes from this machine", { headers: { "x-forwarded-for": "127.0.0.1", host: "localhost" } })
  ]
}
