import { audience, encode, issuer, marker, now, type Signer, validClaims } from "../../support/Issuer.ts"
import { type Attack, token } from "./Attack.ts"

const named = (values: Record<string, unknown>) => Object.entries(values)
const long = `${marker}${"a".repeat(256 - marker.length)}`

const subs = named({
  "a number": 7,
  zero: 0,
  true: true,
  false: false,
  null: null,
  "an object": { id: validClaims.sub },
  "a list": [validClaims.sub],
  missing: undefined,
  empty: "",
  "one space": " ",
  spaces: "   ",
  "of 256 characters": long,
  "of 5 KB": "a".repeat(5 * 1024),
  "of 10 KB": "a".repeat(10 * 1024),
  "with a space before it": ` ${validClaims.sub}`,
  "with a space after it": `${validClaims.sub} `,
  "with a no-break space after it": `${validClaims.sub}\u00a0`,
  "with an ideographic space before it": `\u3000${validClaims.sub}`,
  "with a NUL": `${validClaims.sub}\0`,
  "a NUL": "\0",
  "with a line break": `${validClaims.sub}\n`,
  "with a line break inside": `${marker}\r\nada`,
  "with a next line inside": `${marker}\u0085ada`,
  "with a line separator inside": `${marker}\u2028ada`,
  "with a paragraph separator inside": `${marker}\u2029ada`,
  "with a tab inside": `${marker}\tada`,
  "with a bell": `${marker}\x07`,
  "with a delete": `${marker}\x7f`,
  "with an escape sequence": `\x1b[2J${marker}`,
  "with a zero-width space": `${marker}\u200bada`,
  "with a zero-width joiner": `${marker}\u200dada`,
  "with a word joiner": `${marker}\u2060ada`,
  "with a soft hyphen": `${marker}\u00adada`,
  "with a byte order mark": `\ufeff${marker}`,
  "turned from right to left": `\u202e${marker}`,
  "isolated from right to left": `\u2067${marker}\u2069`,
  "with a tag character": `${marker}\u{e0061}`,
  "with a variation selector": `${marker}\ufe0f`,
  "with a grapheme joiner": `${marker}\u034fada`,
  "a Hangul filler": "\u3164",
  "a blank Braille pattern": "\u2800",
  "with a private character": `${marker}\ue000`,
  "with an unassigned character": `${marker}\u0378`,
  "with a noncharacter": `${marker}\uffff`,
  "with a high surrogate": `${marker}\ud800`,
  "with a low surrogate": `\udc00${marker}`,
  "with surrogates the wrong way round": `${marker}\udc00\ud800`
})

const exps = named({
  missing: undefined,
  "a text": String(validClaims.exp),
  "a date": "2027-01-15T08:15:00Z",
  null: null,
  true: true,
  "a list": [validClaims.exp],
  "an object": {},
  "past every year": 253_402_300_800,
  "in milliseconds": validClaims.exp * 1000,
  "the largest integer": Number.MAX_SAFE_INTEGER,
  "the largest number": Number.MAX_VALUE
})

const ends = named({
  zero: 0,
  "minus zero": -0,
  negative: -1,
  "very negative": -1e300,
  "a minute ago": now - 60,
  "31 seconds ago": now - 31,
  "30 seconds ago": now - 30,
  "a year ago": now - 31_536_000
})

const beginnings = named({
  "in the future": now + 31,
  "in a day": now + 86_400,
  "a text": String(now),
  "a date": "2027-01-15T08:00:00Z",
  null: null,
  true: true,
  "a list": [now],
  "an object": {},
  "the largest number": Number.MAX_VALUE
})

const strangers = (own: string, ...more: ReadonlyArray<readonly [string, unknown]>) => [
  ...named({
    missing: undefined,
    null: null,
    empty: "",
    "a space": " ",
    "a number": 7,
    true: true,
    "an object": { [own]: true },
    "an empty list": [],
    "a list of a list": [[own]],
    "a list of numbers": [0, 7],
    "a list of null": [null],
    "a list of an object": [{ value: own }],
    "another's": `https://${marker}.example`,
    "ours in capitals": own.toUpperCase(),
    "ours with a slash after it": `${own}/`,
    "ours with a space after it": `${own} `,
    "ours with a line break after it": `${own}\n`,
    "ours with a NUL after it": `${own}\0`,
    "ours and more": `${own}.${marker}.example`,
    "ours with something before it": `x${own}`,
    "the beginning of ours": own.slice(0, -1),
    "ours in a pattern": `${own.slice(0, -1)}.`,
    "a pattern for all": ".*",
    "a star": "*",
    "ours among others in one text": `${own} other`,
    "ours among others with a comma": `${own},other`
  }),
  ...more
]

/** Signed with an accepted key, but with claims that this service must reject. */
export const claims = ({ sign }: Signer): ReadonlyArray<Attack> => {
  const raw = (member: string) => sign(JSON.stringify(validClaims).replace(/"exp":\d+/, member))
  return [
    ...subs.map(([name, sub]) => token(`whose sub is ${name}`, sign({ ...validClaims, sub }))),
    token(
      "whose sub is in __proto__",
      sign(`{"__proto__":{"sub":"ada"},"iss":"${issuer}","aud":"${audience}","exp":${validClaims.exp}}`)
    ),
    token("whose sub is in another case", sign({ ...validClaims, sub: undefined, Sub: validClaims.sub })),
    token(
      "with an id instead of sub",
      sign({ ...validClaims, sub: undefined, id: validClaims.sub, user_id: validClaims.sub })
    ),
    token(
      "whose sub is a surrogate in UTF-8",
      sign(
        Buffer.concat([
          Buffer.from('{"sub":"'),
          Buffer.from("eda080", "hex"),
          Buffer.from(JSON.stringify(validClaims).slice(JSON.stringify(validClaims).indexOf('",')))
        ])
      )
    ),
    token("whose last sub of two is empty", sign(JSON.stringify(validClaims).replace(/}$/, ',"sub":""}'))),
    ...exps.map(([name, exp]) => token(`whose exp is ${name}`, sign({ ...validClaims, exp }))),
    ...ends.map(([name, exp]) =>
      token(`whose exp is ${name}`, sign({ ...validClaims, exp }), { code: "TOKEN_EXPIRED" })
    ),
    token("whose exp is infinite", raw('"exp":1e400')),
    token("whose exp is infinitely past", raw('"exp":-1e400'), { code: "TOKEN_EXPIRED" }),
    token("whose last exp of two is past", raw(`"exp":${validClaims.exp},"exp":${now - 60}`), {
      code: "TOKEN_EXPIRED"
    }),
    ...beginnings.flatMap(([name, time]) => [
      token(`whose iat is ${name}`, sign({ ...validClaims, iat: time })),
      token(`whose nbf is ${name}`, sign({ ...validClaims, nbf: time }))
    ]),
    token("whose iat is infinite", sign(JSON.stringify(validClaims).replace(/"iat":\d+/, '"iat":1e400'))),
    token("whose nbf is infinite", raw(`"exp":${validClaims.exp},"nbf":1e400`)),
    ...strangers(
      issuer,
      ["a list of ours", [issuer]],
      ["ours without TLS", issuer.replace("https", "http")],
      ["ours with its port", `${issuer}:443`],
      ["the address of its keys", `${issuer}/api/auth/jwks`]
    ).map(([name, iss]) => token(`whose iss is ${name}`, sign({ ...validClaims, iss }))),
    ...strangers(
      audience,
      ["a list of others", ["other", "Tasks"]],
      ["the issuer", issuer],
      ["a session cache", "better-auth:session-cache"]
    ).map(([name, aud]) => token(`whose aud is ${name}`, sign({ ...validClaims, aud })))
  ]
}

/** Extensions that must be understood, and bodies that are not encoded: we know neither. */
export const extensions = ({ header, seal, sign }: Signer): ReadonlyArray<Attack> => [
  ...named({
    unknown: ["xyz"],
    exp: ["exp"],
    "b64 that is not there": ["b64"],
    "an empty list": [],
    "a text": "b64",
    "a number": 1,
    "an object": { b64: true },
    null: null,
    "a list of numbers": [1],
    "a list of an empty text": [""],
    "a list with one twice": ["b64", "b64"],
    alg: ["alg"],
    "a prototype's name": ["toString"]
  }).map(([name, crit]) =>
    token(`whose crit is ${name}`, sign(validClaims, { ...header, xyz: 1, exp: validClaims.exp, crit }))
  ),
  token("whose b64 is false and critical", sign(validClaims, { ...header, b64: false, crit: ["b64"] })),
  token(
    "whose b64 is false, its claims as they are",
    seal(encode({ ...header, b64: false, crit: ["b64"] }), JSON.stringify(validClaims))
  ),
  token("whose b64 is text and critical", sign(validClaims, { ...header, b64: "false", crit: ["b64"] }))
]
