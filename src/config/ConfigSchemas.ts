import { Duration, Result, Schema, SchemaTransformation } from "effect"
import { IpNetwork } from "effect/net"
import { RateLimitQuota } from "../domain/RateLimitQuota.ts"
import { postgresUrlError } from "./PostgresUrl.ts"

const rule = (message: string, holds: (text: string) => boolean) =>
  Schema.String.check(Schema.makeFilter(holds, { message }))

export const wholeNumber = (minimum: number, maximum: number) =>
  rule(
    `must be a whole number from ${minimum} to ${maximum}`,
    (text) => /^\d{1,9}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum
  ).pipe(Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString))

const isNumber = (text: string) => /^\d{1,7}(\.\d{1,3})?$/.test(text)

const durationFrom = (texts: typeof Schema.String) =>
  texts.pipe(
    Schema.decodeTo(
      Schema.Duration,
      SchemaTransformation.transform({
        decode: (text) => Duration.seconds(Number(text)),
        encode: (duration) => String(Duration.toSeconds(duration))
      })
    )
  )

export const seconds = durationFrom(
  rule("must be a number of seconds above 0", (text) => isNumber(text) && Number(text) > 0)
)

export const secondsOrZero = durationFrom(rule("must be a number of seconds, 0 or more", isNumber))

export const oneOf = <const Words extends ReadonlyArray<string>>(...words: Words) =>
  Schema.Literals(words).annotate({ message: `must be one of ${words.join(", ")}` })

export const postgresUrl = Schema.String.check(Schema.makeFilter(postgresUrlError)).pipe(Schema.RedactedFromValue)

// Better Auth's public default, and common placeholders.
const isPlaceholder = (secret: string) =>
  secret.startsWith("better-auth-secret-123456789") || /change[-_ ]?me|replace[-_ ]?me|your[-_ ]?secret/i.test(secret)

export const secret = rule(
  "must have at least 32 bytes: make one with openssl rand -base64 32",
  (text) => Buffer.byteLength(text) >= 32
)
  .check(
    Schema.makeFilter((text: string) => !isPlaceholder(text) && new Set(text).size >= 12, {
      message: "must be random, not a placeholder: make one with openssl rand -base64 32"
    })
  )
  .pipe(Schema.RedactedFromValue)

export const webUrl = rule(
  "must be a URL like https://app.example.com",
  (text) => URL.canParse(text) && /^https?:\/\/./.test(text)
).pipe(
  Schema.decodeTo(
    Schema.URL,
    SchemaTransformation.transform({ decode: (text) => new URL(text), encode: (url) => url.href })
  )
)

/**
 * Browsers send an origin as scheme, host and port only. Wildcards are not supported. Apps in a web view have schemes of
 * their own, such as `tauri://localhost`: for those, `URL.origin` is "null".
 */
const isOrigin = (text: string) => {
  if (!/^[a-z][a-z\d+.-]*:\/\/[^\s*/?#@\\]+$/.test(text) || !URL.canParse(text)) return false
  const { host, origin, protocol } = new URL(text)
  return text === (origin === "null" ? `${protocol}//${host}` : origin)
}

const splitList = (text: string) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

export const origins = rule("must be a list of origins like https://app.example.com, separated by commas", (text) =>
  splitList(text).every(isOrigin)
).pipe(
  Schema.decodeTo(
    Schema.Array(Schema.String),
    SchemaTransformation.transform<ReadonlyArray<string>, string>({
      decode: splitList,
      encode: (list) => list.join(",")
    })
  )
)

// A single address is a network of size one.
const parseNetwork = (text: string) =>
  IpNetwork.fromString(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`)

export const networks = rule("must be a list of addresses and networks like 10.0.0.0/8, separated by commas", (text) =>
  splitList(text).every((entry) => Result.isSuccess(parseNetwork(entry)))
).pipe(
  Schema.decodeTo(
    Schema.Array(Schema.IpNetwork),
    SchemaTransformation.transform<ReadonlyArray<IpNetwork.IpNetwork>, string>({
      decode: (text) => splitList(text).map((entry) => Result.getOrThrow(parseNetwork(entry))),
      encode: (list) => list.map(IpNetwork.format).join(",")
    })
  )
)

export const rateLimit = rule(
  "must be a number of requests like 100/minute (or second, or hour), or off",
  (text) => text === "off" || /^[1-9]\d{0,8}\/(second|minute|hour)$/.test(text)
).pipe(
  Schema.decodeTo(
    Schema.UndefinedOr(RateLimitQuota),
    SchemaTransformation.transform<RateLimitQuota | undefined, string>({
      decode: (text) => {
        const [tokens, per] = text.split("/", 2)
        return text === "off" ? undefined : { tokens: Number(tokens), per: per as RateLimitQuota["per"] }
      },
      encode: (quota) => (quota === undefined ? "off" : `${quota.tokens}/${quota.per}`)
    })
  )
)

/** The list format of OpenTelemetry's variables (W3C Baggage). */
export const attributes = rule("must be a list like name=value, separated by commas, values percent-encoded", (text) =>
  splitList(text).every((entry) => /^[\w.-]+=(%(?!7f)[2-7][0-9a-f]|[!-$&-~])*$/i.test(entry))
).pipe(
  Schema.decodeTo(
    Schema.Record(Schema.String, Schema.String),
    SchemaTransformation.transform<Readonly<Record<string, string>>, string>({
      decode: (text) =>
        Object.fromEntries(
          splitList(text).map((entry) => {
            const end = entry.indexOf("=")
            return [entry.slice(0, end), decodeURIComponent(entry.slice(end + 1))]
          })
        ),
      encode: (record) =>
        Object.entries(record)
          .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
          .join(",")
    })
  )
)

/** The same list with names that are valid header names. */
export const headers = attributes.pipe(Schema.RedactedFromValue)

export const redisUrl = rule(
  "must be a URL like redis://user:password@host:6379, or rediss:// for TLS",
  (text) => URL.canParse(text) && /^rediss?:\/\/./.test(text)
).pipe(Schema.RedactedFromValue)

export const flag = oneOf("true", "false").pipe(
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({ decode: (text) => text === "true", encode: (on) => (on ? "true" : "false") })
  )
)
