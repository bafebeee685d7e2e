import { encode, marker, partsOf, type Signer, validClaims } from "../../support/Issuer.ts"
import { type Attack, token } from "./Attack.ts"

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** The same bytes in other letters: base64 that does not end on a byte has bits to spare. */
const respelled = (part: string) => part.slice(0, -1) + (alphabet[alphabet.indexOf(part.at(-1) ?? "") + 1] ?? "")

/** JSON to which spaces are added until its base64 ends on spare bits. */
const spare = (part: unknown) => {
  const json = JSON.stringify(part)
  return encode(json.length % 3 === 0 ? `${json} ` : json)
}

/** Text as a socket would read it: bytes, one to a character. */
const bytes = (text: string) => Buffer.from(text).toString("latin1")

/** A rightly signed token that is spelled, cut or wrapped otherwise. Only the one spelling is a token. */
export const shapes = ({ header: head, seal, sign }: Signer): ReadonlyArray<Attack> => {
  // `>>>` and `???` become - and _, which the standard alphabet writes + and /.
  const good = sign({ ...validClaims, name: `${marker}>>>???>>>???` })
  const { claims, header, signature } = partsOf(good)
  const spareHeader = spare(head)
  const spareClaims = spare(validClaims)
  const tail = partsOf(seal(header, spareClaims)).signature
  return [
    token("that is empty", "", { code: "TOKEN_MISSING" }),
    token("that is one dot", "."),
    token("that is two dots", ".."),
    token("that is three dots", "..."),
    token("without a header", `.${claims}.${signature}`),
    token("without claims", `${header}..${signature}`),
    token("without a signature", `${header}.${claims}.`),
    token("that is a header alone", header),
    token("that is a signature alone", `..${signature}`),
    token("of two parts", `${header}.${claims}`),
    token("with a dot before it", `.${good}`),
    token("with a dot after it", `${good}.`),
    token("with a dot doubled", good.replace(".", "..")),
    token("of four parts", `${good}.${signature}`),
    token("of five parts", `${good}.${claims}.${signature}`),
    token("padded by =", `${good}=`),
    token("padded by ==", `${good}==`),
    token("padded in its header", `${header}=.${claims}.${signature}`),
    token("padded in its claims", `${header}.${claims}==.${signature}`),
    token("signed over its padding", seal(`${header}==`, claims)),
    token("signed over claims with padding", seal(header, `${claims}=`)),
    token("with a tab before it", `\t${good}`),
    token("with a space after it", `${good} `, { isUnsendable: true }),
    token("with a tab after it", `${good}\t`, { isUnsendable: true }),
    token("with a line break after it", `${good}\n`, { isUnsendable: true }),
    token("with a line break inside", good.replace(".", ".\r\n"), { isUnsendable: true }),
    token("with a NUL after it", `${good}\0`, { isUnsendable: true }),
    token("with a zero-width space inside", good.replace(".", "\u200b."), { isUnsendable: true }),
    token(
      "with letters of full width",
      good.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
      {
        isUnsendable: true
      }
    ),
    token("with half of a surrogate pair", `${good}\ud800`, { isUnsendable: true }),
    token("with a space inside", good.replace(".", " .")),
    token("with a tab inside", good.replace(".", ".\t")),
    token("with a zero-width space inside, as bytes", good.replace(".", bytes("\u200b."))),
    token("with a byte order mark, as bytes", bytes(`\ufeff${good}`)),
    token("with an accent after it", `${good}\xe9`),
    token("with a no-break space after it", `${good}\xa0!`),
    token("in the standard alphabet", good.replaceAll("-", "+").replaceAll("_", "/")),
    token(
      "signed in the standard alphabet",
      seal(header, Buffer.from(JSON.stringify({ ...validClaims, name: ">>>???" })).toString("base64"))
    ),
    token("with its dots URL-encoded", good.replaceAll(".", "%2E")),
    token("with a letter URL-encoded", `%${good.charCodeAt(0).toString(16)}${good.slice(1)}`),
    token("with other letters for its spare bits in the header", seal(respelled(spareHeader), claims)),
    token("with other letters for its spare bits in the claims", seal(header, respelled(spareClaims))),
    token("with other letters for its spare bits in the signature", `${header}.${spareClaims}.${respelled(tail)}`),
    token("with a letter too many in the signature", `${good}A`),
    token("with a signature of one letter", `${header}.${claims}.A`),
    token("in quotes", `"${good}"`),
    token("in angle brackets", `<${good}>`),
    token("behind a second Bearer", `Bearer ${good}`),
    token("with a comma after it", `${good},`),
    token("with a semicolon after it", `${good};q=1`),
    token("twice, with a comma between", `${good}, ${good}`),
    token("twice, with a space between", `${good} ${good}`),
    token("as flattened JSON", JSON.stringify({ protected: header, payload: claims, signature })),
    token("as general JSON", JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] })),
    token("encoded once more", Buffer.from(good).toString("base64url")),
    token("of 9 KB", sign({ ...validClaims, more: "x".repeat(6000) })),
    token("of 100 KB", sign({ ...validClaims, more: "x".repeat(75_000) })),
    token("of 100 KB without a dot", "a".repeat(100_000)),
    token("of 100 KB of dots", ".".repeat(100_000)),
    token("of 100 KB that says so in its header", sign(validClaims, { ...head, more: "x".repeat(75_000) })),
    ...contents.flatMap(([name, claims, header]) => [
      token(`whose claims are ${name}`, sign(claims)),
      token(`whose header is ${name}`, sign(validClaims, header(JSON.stringify(head))))
    ])
  ]
}

const json = JSON.stringify(validClaims)
const deep = (json: string) => `${"[".repeat(2500)}${json}${"]".repeat(2500)}`
const utf16 = (json: string) => Buffer.from(json, "utf16le")

/** What a part may hold instead of a JSON object: as claims, and the same made of the header. */
const contents: ReadonlyArray<readonly [string, unknown, (header: string) => unknown]> = [
  ["one bracket", "{", () => "{"],
  ["cut off", json.slice(0, -1), (header) => header.slice(0, -1)],
  ["JSON and more", `${json}x`, (header) => `${header}x`],
  ["two objects", json + json, (header) => header + header],
  ["JSON with a comma too many", json.replace("}", ",}"), (header) => header.replace("}", ",}")],
  ["JSON with a comment", `/**/${json}`, (header) => `/**/${header}`],
  ["JSON in single quotes", json.replaceAll('"', "'"), (header) => header.replaceAll('"', "'")],
  ["a list", `[${json}]`, (header) => `[${header}]`],
  ["an empty list", "[]", () => "[]"],
  ["a text", JSON.stringify(json), (header) => JSON.stringify(header)],
  ["a number", "7", () => "7"],
  ["true", "true", () => "true"],
  ["null", "null", () => "null"],
  ["an empty object", "{}", () => "{}"],
  ["an object within an object", `{"claims":${json}}`, (header) => `{"header":${header}}`],
  ["an object's prototype", `{"__proto__":${json}}`, (header) => `{"__proto__":${header}}`],
  ["deeply nested lists", deep(json), deep],
  ["UTF-16", utf16(json), utf16],
  ["UTF-16 with a byte order mark", utf16(`\ufeff${json}`), (header) => utf16(`\ufeff${header}`)],
  [
    "no UTF-8",
    Buffer.concat([Buffer.from([0xff]), Buffer.from(json)]),
    (header) => Buffer.concat([Buffer.from(header), Buffer.from([0xc0])])
  ],
  ["JSON with a NUL after it", `${json}\0`, (header) => `${header}\0`],
  ["a byte", Buffer.from([0]), () => Buffer.from([0])]
]
