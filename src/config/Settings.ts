import { Schema } from "effect"
import {
  attributes,
  baseUrl,
  count,
  flag,
  headers,
  networks,
  oneOf,
  origins,
  postgresUrl,
  rateLimit,
  redisUrl,
  seconds,
  secondsOrZero,
  secret,
  webUrl
} from "./ConfigSchemas.ts"

/** `initial` is the text that an absent variable has. The descriptions are the text of docs/configuration.md. */
const required = <S extends Schema.Top>(schema: S, initial: string, description: string) => ({
  schema,
  initial,
  description,
  isSecret: false
})

const optional = <S extends Schema.Top>(schema: S, description: string) => ({
  schema: Schema.optionalKey(schema),
  initial: undefined,
  description,
  isSecret: false
})

/** Can also be read from the file that the variable with the suffix `_FILE` names. */
const secretSetting = <S extends Schema.Top>(schema: S, description: string) => ({
  ...optional(schema, description),
  isSecret: true
})

/** Every variable that the service reads. */
export const settings = {
  ENVIRONMENT: required(
    oneOf("development", "staging", "production"),
    "development",
    "Outside `development`, `DATABASE_URL` and the token settings are mandatory and log lines are JSON."
  ),
  HOST: required(Schema.String, "127.0.0.1", "Address on which the API listens."),
  PORT: required(count(65_535, 0), "8000", "Port on which the API listens; `0` selects a free port."),
  LOG_LEVEL: required(oneOf("debug", "info", "warn", "error"), "info", "Lowest level that is logged."),
  LOG_CLIENT_ADDRESS: required(
    oneOf("full", "masked", "off"),
    "full",
    "Client addresses in the log: in full, only their network (/24, IPv6: /48), or not at all."
  ),
  ADMIN_HOST: required(
    Schema.String,
    "127.0.0.1",
    "Address of the admin port. It requires no token: do not expose it to the internet."
  ),
  ADMIN_PORT: optional(
    count(65_535, 0),
    "Port for `/metrics`, `/health/live` and `/health/ready`. With several workers, worker 0 has this port, worker 1 the next one, and so on."
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    baseUrl,
    "Base URL of an OpenTelemetry collector (OTLP, JSON over HTTP) for traces, metrics and logs."
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secretSetting(
    headers,
    "Headers for the collector: `name=value`, separated by commas, values percent-encoded."
  ),
  OTEL_SERVICE_NAME: required(Schema.String, "effect-tasks", "`service.name` of traces, metrics and logs."),
  OTEL_RESOURCE_ATTRIBUTES: optional(
    attributes,
    "Further resource attributes: `name=value`, separated by commas, values percent-encoded. `service.instance.id` is the host name and process id unless set here."
  ),
  DATA_DIR: required(
    Schema.String,
    ".data",
    "Directory of the embedded development database and of the generated development secret."
  ),
  DATABASE_URL: secretSetting(
    postgresUrl,
    "`postgresql://user:password@host:5432/database?sslmode=verify-full`, with the [parameters](deployment.md#tls-to-postgresql) of libpq. Without it the service uses an embedded database (development only)."
  ),
  DATABASE_DIRECT_URL: secretSetting(
    postgresUrl,
    "The same database without a transaction pooler, for migrations and for `LISTEN` and `NOTIFY`. When set, configure `statement_timeout` for the role: poolers reject time limits in the connection's start-up parameters."
  ),
  DATABASE_POOL_MIN: required(count(1000, 0), "1", "Minimum number of open connections per pool."),
  DATABASE_POOL_MAX: required(
    count(1000, 3),
    "10",
    "Maximum number of connections for ordinary statements: a third for reads and 40 % for writes, each rounded down, the others for transactions. At least 3."
  ),
  DATABASE_HEAVY_POOL_MAX: required(
    count(1000),
    "3",
    "Maximum number of further connections for statements that can be slow, such as searches and exports."
  ),
  DATABASE_POOL_QUEUE_MAX: required(
    count(1_000_000, 0),
    "200",
    "Maximum number of statements that wait for a connection of one pool. Further requests receive 503."
  ),
  DATABASE_POOL_LIFETIME: required(seconds, "3600", "Seconds until a connection is replaced."),
  DATABASE_POOL_IDLE: required(seconds, "60", "Seconds until an unused connection is closed."),
  DATABASE_CONNECT_TIMEOUT: required(seconds, "2", "Seconds to wait for a new connection."),
  DATABASE_QUERY_TIMEOUT: required(seconds, "3", "Seconds to wait for the result of a statement."),
  DATABASE_RLS: required(
    oneOf("on", "off"),
    "off",
    "Enforces tenant isolation with row-level security as well. `tasks migrate` changes the tables to match."
  ),
  MIGRATE_ON_START: required(flag, "true", "`tasks serve` applies pending migrations before it listens."),
  BETTER_AUTH_URL: optional(
    baseUrl,
    "URL of a Better Auth server with the `jwt()` plugin. Its keys verify tokens; its origin is the expected `iss` and `aud`. Secrets are then ignored."
  ),
  JWKS_URL: optional(webUrl, "URL of another issuer's JWKS. Requires `JWT_ISSUER` and `JWT_AUDIENCE`."),
  JWT_ISSUER: optional(Schema.String, "Expected `iss` of tokens."),
  JWT_AUDIENCE: optional(Schema.String, "Expected `aud` of tokens."),
  BETTER_AUTH_SECRET: secretSetting(
    secret,
    "Without a JWKS: secret of HS256 tokens, at least 32 random bytes (`openssl rand -base64 32`). In development the service generates one in `DATA_DIR`."
  ),
  BETTER_AUTH_SECRET_PREVIOUS: secretSetting(
    secret,
    "While `BETTER_AUTH_SECRET` is replaced: the old secret, whose tokens stay valid until it is removed here."
  ),
  JWKS_REFRESH: required(
    seconds,
    "300",
    "Seconds between two fetches of the JWKS. A removed key is accepted for at most this long."
  ),
  JWKS_MAX_STALE: required(seconds, "86400", "Seconds for which keys stay valid while the issuer is unreachable."),
  TOKEN_CACHE_SIZE: required(count(1_000_000), "10000", "Maximum number of verified tokens in the cache."),
  ALLOWED_ORIGINS: optional(
    origins,
    "Origins whose pages may call the API (CORS), separated by commas. Default: the origin of `FRONTEND_URL`; in development every origin on this machine (`localhost`, `127.0.0.1`, `[::1]`, any port)."
  ),
  FRONTEND_URL: optional(baseUrl, "URL of the frontend, if there is exactly one."),
  WEB_CONCURRENCY: required(
    count(256),
    "1",
    "Number of worker processes on one port. The supervisor replaces workers that end. More than 1 requires `DATABASE_URL`."
  ),
  RATE_LIMIT: required(
    rateLimit,
    "100/minute",
    "Requests per user: a number per `second`, `minute` or `hour`, or `off`."
  ),
  RATE_LIMIT_ADDRESS: required(
    rateLimit,
    "1000/minute",
    "Requests per client address, with or without a token; or `off`."
  ),
  CONNECTIONS_MAX: required(
    count(1_000_000),
    "5000",
    "Open connections per process. Above it the process closes idle connections and refuses new ones."
  ),
  CONNECTIONS_MAX_ADDRESS: required(
    count(1_000_000),
    "200",
    "Open connections per client address and process; further ones are refused. `TRUSTED_PROXIES` have no such limit."
  ),
  REDIS_URL: secretSetting(
    redisUrl,
    "`redis://user:password@host:6379` or `rediss://…` for TLS: all processes share their rate limits. Without it each process has its own."
  ),
  QUOTA_TASKS: required(count(999_999_999), "100000", "Maximum number of tasks per user, those in the trash included."),
  QUOTA_PROJECTS: required(count(999_999_999), "10000", "Maximum number of projects per user."),
  QUOTA_TAGS: required(count(999_999_999), "10000", "Maximum number of tags per user."),
  QUOTA_STORED_RESPONSES: required(
    count(999_999_999),
    "50000000",
    "Maximum number of bytes per user in stored responses to requests with an `Idempotency-Key`, which are kept for 24 hours."
  ),
  TRUSTED_PROXIES: optional(
    networks,
    "Addresses and networks (`10.0.0.0/8`) of the proxies in front, separated by commas. `X-Forwarded-For` of other peers is ignored."
  ),
  EVENT_STREAMS_MAX: required(
    count(1_000_000),
    "4000",
    "Maximum number of open event streams per process. Further requests receive 503."
  ),
  SHUTDOWN_DELAY: required(
    secondsOrZero,
    "0",
    "Seconds after SIGTERM during which readiness fails but requests are still served, so that load balancers stop sending requests."
  ),
  SHUTDOWN_TIMEOUT: required(seconds, "8", "Seconds that requests in flight have to finish after the delay.")
}

type Fields = { readonly [Name in keyof typeof settings]: (typeof settings)[Name]["schema"] }

// Object.fromEntries loses the types of the single settings.
const fields = Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as Fields

export const ConfigSchema = Schema.Struct(fields)

export const settingNames: ReadonlyArray<string> = Object.keys(settings)

export const secretNames: ReadonlyArray<string> = Object.entries(settings).flatMap(([name, { isSecret }]) =>
  isSecret ? [name] : []
)

export const defaults: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(settings).flatMap(([name, { initial }]) => (initial === undefined ? [] : [[name, initial]]))
)
