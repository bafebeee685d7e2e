import { existsSync } from "node:fs"
import { Data, Effect, Result, Schema, SchemaIssue } from "effect"
import {
  allowance,
  flag,
  headers,
  networks,
  oneOf,
  origins,
  postgresUrl,
  redisUrl,
  seconds,
  secret,
  webUrl,
  whole
} from "./ConfigSchemas.ts"

/** Why the process does not start: every fault at once, each by the name of its variable, none with its value. */
export class InvalidConfig extends Data.TaggedError("InvalidConfig")<{ readonly faults: ReadonlyArray<string> }> {
  override get message() {
    return ["The settings cannot be used:", ...this.faults.map((fault) => `  ${fault}`)].join("\n")
  }
}

/** Every variable that is read, by the one name it has everywhere. */
const Variables = Schema.Struct({
  ENVIRONMENT: oneOf("development", "staging", "production"),
  HOST: Schema.String,
  PORT: whole(0, 65_535),
  LOG_LEVEL: oneOf("debug", "info", "warn", "error"),
  ADMIN_HOST: Schema.String,
  ADMIN_PORT: Schema.optionalKey(whole(0, 65_535)),
  OTEL_EXPORTER_OTLP_ENDPOINT: Schema.optionalKey(webUrl),
  OTEL_EXPORTER_OTLP_HEADERS: Schema.optionalKey(headers),
  OTEL_SERVICE_NAME: Schema.String,
  DATA_DIR: Schema.String,
  DATABASE_URL: Schema.optionalKey(postgresUrl),
  DATABASE_DIRECT_URL: Schema.optionalKey(postgresUrl),
  DATABASE_POOL_MIN: whole(0, 1000),
  DATABASE_POOL_MAX: whole(1, 1000),
  DATABASE_HEAVY_POOL_MAX: whole(1, 1000),
  DATABASE_POOL_QUEUE_MAX: whole(0, 1_000_000),
  DATABASE_POOL_LIFETIME: seconds,
  DATABASE_POOL_IDLE: seconds,
  DATABASE_CONNECT_TIMEOUT: seconds,
  DATABASE_QUERY_TIMEOUT: seconds,
  DATABASE_RLS: oneOf("on", "off"),
  MIGRATE_ON_START: flag,
  BETTER_AUTH_SECRET: Schema.optionalKey(secret),
  BETTER_AUTH_URL: Schema.optionalKey(webUrl),
  JWKS_URL: Schema.optionalKey(webUrl),
  JWT_ISSUER: Schema.optionalKey(Schema.String),
  JWT_AUDIENCE: Schema.optionalKey(Schema.String),
  JWKS_REFRESH: seconds,
  JWKS_MAX_STALE: seconds,
  TOKEN_CACHE_SIZE: whole(1, 1_000_000),
  ALLOWED_ORIGINS: Schema.optionalKey(origins),
  FRONTEND_URL: Schema.optionalKey(webUrl),
  WEB_CONCURRENCY: whole(1, 256),
  RATE_LIMIT: allowance,
  RATE_LIMIT_ADDRESS: allowance,
  REDIS_URL: Schema.optionalKey(redisUrl),
  TRUSTED_PROXIES: Schema.optionalKey(networks),
  SHUTDOWN_TIMEOUT: seconds
})
export type Config = typeof Variables.Type

export const settingNames: ReadonlyArray<string> = Object.keys(Variables.fields)

/** What a variable is when it is absent or empty. The others are then not set. */
export const defaults = {
  ENVIRONMENT: "development",
  HOST: "127.0.0.1",
  PORT: "8000",
  LOG_LEVEL: "info",
  ADMIN_HOST: "127.0.0.1",
  OTEL_SERVICE_NAME: "effect-tasks",
  DATA_DIR: ".data",
  DATABASE_POOL_MIN: "1",
  DATABASE_POOL_MAX: "10",
  DATABASE_HEAVY_POOL_MAX: "3",
  DATABASE_POOL_QUEUE_MAX: "200",
  DATABASE_POOL_LIFETIME: "3600",
  DATABASE_POOL_IDLE: "60",
  DATABASE_CONNECT_TIMEOUT: "2",
  DATABASE_QUERY_TIMEOUT: "3",
  DATABASE_RLS: "off",
  MIGRATE_ON_START: "true",
  JWKS_REFRESH: "300",
  JWKS_MAX_STALE: "86400",
  TOKEN_CACHE_SIZE: "10000",
  WEB_CONCURRENCY: "1",
  RATE_LIMIT: "100/minute",
  RATE_LIMIT_ADDRESS: "1000/minute",
  SHUTDOWN_TIMEOUT: "8"
}

type Texts = { readonly [name: string]: string | undefined }

const hasKeyUrl = (texts: Texts) => texts.BETTER_AUTH_URL !== undefined || texts.JWKS_URL !== undefined

/** What only holds between variables. Judged on the texts, so that it is told together with what is wrong in one. */
const contradictions = (texts: Texts): ReadonlyArray<string> => {
  const isDeployed = texts.ENVIRONMENT === "staging" || texts.ENVIRONMENT === "production"
  const missing = (names: ReadonlyArray<string>, when: string) =>
    names.filter((name) => texts[name] === undefined).map((name) => `${name}: must be set when ${when}`)
  return [
    ...(isDeployed ? missing(["DATABASE_URL"], `ENVIRONMENT is ${texts.ENVIRONMENT}`) : []),
    ...(isDeployed && !hasKeyUrl(texts)
      ? missing(
          ["BETTER_AUTH_SECRET"],
          `ENVIRONMENT is ${texts.ENVIRONMENT} and there is no BETTER_AUTH_URL or JWKS_URL`
        )
      : []),
    // Keys without a name of who may use them, and for whom, would let in whatever else the issuer signs.
    ...(texts.JWKS_URL !== undefined && texts.BETTER_AUTH_URL === undefined
      ? missing(["JWT_ISSUER", "JWT_AUDIENCE"], "JWKS_URL is set without BETTER_AUTH_URL")
      : []),
    ...(texts.DATABASE_DIRECT_URL !== undefined && texts.DATABASE_URL === undefined
      ? ["DATABASE_DIRECT_URL: must not be set without DATABASE_URL"]
      : []),
    // The embedded database has one role, and no policy holds for it.
    ...(texts.DATABASE_RLS === "on" && texts.DATABASE_URL === undefined
      ? ["DATABASE_RLS: must not be on without DATABASE_URL"]
      : []),
    ...(Number(texts.WEB_CONCURRENCY) > 1 && texts.DATABASE_URL === undefined
      ? ["WEB_CONCURRENCY: must be 1 without DATABASE_URL, since the embedded database serves one process"]
      : []),
    ...(Number(texts.DATABASE_POOL_MIN) > Number(texts.DATABASE_POOL_MAX)
      ? ["DATABASE_POOL_MIN: must not be above DATABASE_POOL_MAX"]
      : [])
  ]
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Reads and judges all settings together. An empty variable is an absent one. */
export const read = (environment: Texts): Effect.Effect<Config, InvalidConfig> => {
  const given = Object.entries(environment).filter(([, text]) => text !== undefined && text.trim() !== "")
  const texts: Record<string, string | undefined> = { ...defaults, ...Object.fromEntries(given) }
  // With keys to fetch, the secret that a Better Auth project has beside them is none of ours.
  if (hasKeyUrl(texts)) delete texts.BETTER_AUTH_SECRET
  const settings = Schema.decodeUnknownResult(Variables)(texts, { errors: "all" })
  const faults = [
    ...(Result.isFailure(settings)
      ? format(settings.failure.issue).issues.map(({ path, message }) => `${String(path?.[0])}: ${message}`)
      : []),
    ...contradictions(texts)
  ]
  return Result.isSuccess(settings) && faults.length === 0
    ? Effect.succeed(settings.success)
    : Effect.fail(new InvalidConfig({ faults }))
}

/** Set by the primary for each of its workers. Nothing that anyone else sets. */
export const workerVariable = "TASKS_WORKER"

/** Which worker this process is, from 0, and the one that replaces it is the same; undefined where there are none. */
export const worker = () => {
  const index = process.env[workerVariable]
  return index === undefined ? undefined : Number(index)
}

/** The settings of this process. What its environment says wins over the file `.env` in the folder it runs in. */
export const ofProcess = Effect.suspend(() => {
  if (existsSync(".env")) process.loadEnvFile(".env")
  return read(process.env)
})
