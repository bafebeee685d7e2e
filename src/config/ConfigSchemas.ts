import { Duration, Result, Schema, SchemaTransformation } from "effect"
import { IpNetwork } from "effect/net"
import { RateLimitQuota } from "../domain/RateLimitQuota.ts"

// What the text of a variable must be, each in words for whoever has to mend it.

const rule = (message: string, holds: (text: string) => boolean) =>
  Schema.String.check(Schema.makeFilter(holds, { message }))

export const whole = (minimum: number, maximum: number) =>
  rule(
    `must be a whole number from ${minimum} to ${maximum}`,
    (text) => /^\d{1,9}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum
  ).pipe(Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString))

export const seconds = rule(
  "must be a number of seconds above 0",
  (text) => /^\d{1,7}(\.\d{1,3})?$/.test(text) && Number(text) > 0
).pipe(
  Schema.decodeTo(
    Schema.Duration,
    SchemaTransformation.transform({
      decode: (text) => Duration.seconds(Number(text)),
      encode: (duration) => String(Duration.toSeconds(duration))
    })
  )
)

export const oneOf = <const Words extends ReadonlyArray<string>>(...words: Words) =>
  Schema.Literals(words).annotate({ message: `must be one of ${words.join(", ")}` })

export const postgresUrl = rule(
  "must be a URL like postgresql://user:password@host:5432/database",
  (text) => URL.canParse(text) && /^postgres(ql)?:\/\/./.test(text)
).pipe(Schema.RedactedFromValue)

// Known to everyone who can read: the one in .env.example, Better Auth's own default, and what people type to get on.
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

/** Browsers spell an origin in one way: scheme, host and port, and nothing behind. None of it may be left open. */
const isOrigin = (text: string) => /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text

const listOf = (text: string) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

export const origins = rule("must be a list of origins like https://app.example.com, with commas between", (text) =>
  listOf(text).every(isOrigin)
).pipe(
  Schema.decodeTo(
    Schema.Array(Schema.String),
    SchemaTransformation.transform<ReadonlyArray<string>, string>({ decode: listOf, encode: (list) => list.join(",") })
  )
)

// An address is a network of one.
const networkOf = (text: string) =>
  IpNetwork.fromString(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`)

export const networks = rule("must be a list of addresses and networks like 10.0.0.0/8, with commas between", (text) =>
  listOf(text).every((entry) => Result.isSuccess(networkOf(entry)))
).pipe(
  Schema.decodeTo(
    Schema.Array(Schema.IpNetwork),
    SchemaTransformation.transform<ReadonlyArray<IpNetwork.IpNetwork>, string>({
      decode: (text) => listOf(text).map((entry) => Result.getOrThrow(networkOf(entry))),
      encode: (list) => list.map(IpNetwork.format).join(",")
    })
  )
)

export const allowance = rule(
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
      encode: (allowance) => (allowance === undefined ? "off" : `${allowance.tokens}/${allowance.per}`)
    })
  )
)

/** What OpenTelemetry writes in one line: names and values, of which the values are percent-encoded. */
export const headers = rule(
  "must be a list like name=value, with commas between and the values percent-encoded",
  (text) => listOf(text).every((entry) => /^[\w-]+=(%(?!7f)[2-7][0-9a-f]|[!-$&-~])*$/i.test(entry))
).pipe(
  Schema.decodeTo(
    Schema.Record(Schema.String, Schema.String),
    SchemaTransformation.transform<Readonly<Record<string, string>>, string>({
      decode: (text) =>
        Object.fromEntries(
          listOf(text).map((entry) => {
            const end = entry.indexOf("=")
            return [entry.slice(0, end), decodeURIComponent(entry.slice(end + 1))]
          })
        ),
      encode: (record) =>
        Object.entries(record)
          .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
          .join(",")
    })
  ),
  Schema.RedactedFromValue
)

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
