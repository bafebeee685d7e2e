import { Duration, Effect, Result, Schema, SchemaGetter, SchemaIssue } from "effect"
import { IpNetwork } from "effect/net"
import type { RateLimitQuota } from "../domain/TokenBucket.ts"
import { postgresUrlError } from "./PostgresUrl.ts"

/** A setting that `parse` reads. It throws, or returns `null`, for a text that it cannot read. */
const parsed = <A>(message: string, parse: (text: string) => A | null) =>
  Schema.String.pipe(
    Schema.decodeTo(Schema.Unknown as Schema.Schema<A> & typeof Schema.Unknown, {
      decode: SchemaGetter.transformEffect((text) => {
        const value = Result.getOrNull(Result.try(() => parse(text)))
        return value === null ? Effect.fail(new SchemaIssue.InvalidValue({ message })) : Effect.succeed(value)
      }),
      encode: SchemaGetter.forbiddenEncoding
    })
  )

export const count = (maximum: number, minimum = 1) =>
  parsed(`must be a whole number from ${minimum} to ${maximum}`, (text) =>
    /^\d{1,9}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum ? Number(text) : null
  )

// Eleven days. The timers of Node.js end at once after more than 24.8, and PostgreSQL refuses such time limits.
const maxSeconds = 1_000_000

const toSeconds = (text: string) =>
  /^\d{1,7}(\.\d{1,3})?$/.test(text) && Number(text) <= maxSeconds ? Duration.seconds(Number(text)) : null

export const seconds = parsed(`must be a number of seconds above 0, at most ${maxSeconds}`, (text) =>
  Number(text) > 0 ? toSeconds(text) : null
)

export const secondsOrZero = parsed(`must be a number of seconds from 0 to ${maxSeconds}`, toSeconds)

export const oneOf = <const Words extends ReadonlyArray<string>>(...words: Words) =>
  Schema.Literals(words).annotate({ message: `must be one of ${words.join(", ")}` })

export const flag = parsed("must be one of true, false", (text) =>
  text === "true" || text === "false" ? text === "true" : null
)

export const postgresUrl = Schema.String.check(Schema.makeFilter(postgresUrlError)).pipe(Schema.RedactedFromValue)

/**
 * Throws for a URL that the driver cannot read, too. The driver ignores what follows the path: parameters, or most of a
 * URL whose password has a `?` or `#`.
 */
const parseRedisUrl = (text: string) => {
  const { hash, password, pathname, port, search, username } = new URL(text)
  decodeURIComponent(username + password)
  const isComplete = search + hash === "" && port !== "0"
  return isComplete && /^rediss?:\/\/./.test(text) && /^(\/\d{0,4})?$/.test(pathname) ? text : null
}

export const redisUrl = parsed(
  "must be a URL like redis://user:password@host:6379/0, or rediss:// for TLS, with a percent-encoded password and without parameters",
  parseRedisUrl
).pipe(Schema.RedactedFromValue)

// Better Auth's public default, and common placeholders.
const isPlaceholder = (secret: string) =>
  secret.startsWith("better-auth-secret-123456789") || /change[-_ ]?me|replace[-_ ]?me|your[-_ ]?secret/i.test(secret)

export const secret = Schema.String.check(
  Schema.makeFilter((text: string) => Buffer.byteLength(text) >= 32, {
    message: "must have at least 32 bytes: make one with openssl rand -base64 32"
  }),
  Schema.makeFilter((text: string) => !isPlaceholder(text) && new Set(text).size >= 12, {
    message: "must be random, not a placeholder: make one with openssl rand -base64 32"
  })
).pipe(Schema.RedactedFromValue)

/** `fetch` refuses a URL with a password, and its error message contains the URL. */
const parseWebUrl = (text: string) => {
  const url = new URL(text)
  return /^https?:\/\/./.test(text) && url.username === "" && url.password === "" && url.hash === "" ? url : null
}

export const webUrl = parsed("must be a URL like https://app.example.com, without user and password", parseWebUrl)

/** A URL to which paths are added. */
export const baseUrl = parsed(
  "must be a URL like https://app.example.com, without user, password and parameters",
  (text) => (text.includes("?") ? null : parseWebUrl(text))
)

/** The entries of a list that is separated by commas, if `parse` can read each of them. */
const parseList = <A>(text: string, parse: (entry: string) => A | null): ReadonlyArray<A> | null => {
  const entries = text.split(",").map((entry) => entry.trim())
  const values = entries.filter((entry) => entry !== "").map(parse)
  return values.includes(null) ? null : (values as ReadonlyArray<A>)
}

/**
 * Browsers send an origin as scheme, host and port only. Wildcards are not supported. Apps in a web view have schemes of
 * their own, such as `tauri://localhost`: for those, `URL.origin` is "null".
 */
const parseOrigin = (text: string) => {
  if (!/^[a-z][a-z\d+.-]*:\/\/[^\s*/?#@\\]+$/.test(text)) return null
  const { host, origin, protocol } = new URL(text)
  return text === (origin === "null" ? `${protocol}//${host}` : origin) ? text : null
}

export const origins = parsed("must be a list of origins like https://app.example.com, separated by commas", (text) =>
  parseList(text, parseOrigin)
)

/**
 * A single address is a network of size one. Systems that listen on `::` write IPv4 addresses as `::ffff:10.0.0.1`, and
 * the addresses of peers are compared as IPv4.
 */
const parseNetwork = (text: string) => {
  const [, mapped, bits = "128"] = /^::ffff:([\d.]+)(?:\/(\d+))?$/i.exec(text) ?? []
  if (mapped !== undefined) return Result.getOrNull(IpNetwork.fromString(`${mapped}/${Number(bits) - 96}`))
  return Result.getOrNull(IpNetwork.fromString(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`))
}

export const networks = parsed(
  "must be a list of addresses and networks like 10.0.0.0/8, separated by commas",
  (text) => parseList(text, parseNetwork)
)

export const rateLimit = parsed(
  "must be a number of requests like 100/minute (or second, or hour), or off",
  (text): RateLimitQuota | undefined | null => {
    if (text === "off") return undefined
    const [, tokens, per] = /^([1-9]\d{0,8})\/(second|minute|hour)$/.exec(text) ?? []
    return per === undefined ? null : { tokens: Number(tokens), per: per as RateLimitQuota["per"] }
  }
)

const parseAttribute = (entry: string) => {
  const [, name, value] = /^([\w.-]+)=((?:%(?!7f)[2-7][0-9a-f]|[!-$&-~])*)$/i.exec(entry) ?? []
  return name === undefined ? null : ([name, decodeURIComponent(value ?? "")] as const)
}

/** The list format of OpenTelemetry's variables (W3C Baggage). */
export const attributes = parsed(
  "must be a list like name=value, separated by commas, values percent-encoded",
  (text): Readonly<Record<string, string>> | null => {
    const entries = parseList(text, parseAttribute)
    return entries && Object.fromEntries(entries)
  }
)

/** The same list, redacted because headers can contain credentials. */
export const headers = attributes.pipe(Schema.RedactedFromValue)
