import { Duration, Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { Auth } from "../auth/Auth.ts"
import type { Config } from "../config/Config.ts"
import * as DevelopmentSecret from "../config/DevelopmentSecret.ts"
import * as Pglite from "../database/Pglite.ts"
import * as PostgresDatabase from "../database/PostgresDatabase.ts"
import { ChangeBus } from "../events/ChangeBus.ts"
import { ChangeHub } from "../events/ChangeHub.ts"
import * as NotifyBus from "../events/NotifyBus.ts"
import { AdminServer } from "../observability/AdminServer.ts"
import * as Logging from "../observability/Logging.ts"
import * as Metrics from "../observability/Metrics.ts"
import * as Telemetry from "../observability/Telemetry.ts"
import { RateLimiters } from "../rate-limit/RateLimiters.ts"
import { RateLimitStore } from "../rate-limit/RateLimitStore.ts"
import { AccountQuotas } from "../repositories/AccountQuotas.ts"
import { Metered } from "../server/pipeline/RequestMetrics.ts"

/** For log messages. The URL is not logged: it contains a password. */
export const databaseName = ({ DATABASE_URL, DATA_DIR }: Config) =>
  DATABASE_URL === undefined ? `embedded PGlite in ${DATA_DIR}, for development only` : "PostgreSQL"

export const databaseLayer = (config: Config) =>
  config.DATABASE_URL === undefined
    ? Layer.unwrap(Effect.map(Pglite.open(config.DATA_DIR), (stream) => PostgresDatabase.layerStream(config, stream)))
    : PostgresDatabase.layer(config, config.DATABASE_URL)

/** Migrations use DATABASE_DIRECT_URL, whose role may change tables, if it is set. */
export const withMigrationClient =
  (config: Config) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) => {
    const url = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL
    return url === undefined ? effect : Effect.provide(effect, PostgresDatabase.layerDirect(config, url))
  }

/** Short: a connection that stays open would check a server that was replaced meanwhile. */
const healthConnectionLifetime = Duration.seconds(10)

/** One connection for health checks only. The embedded database has a single session for everything. */
export const healthSqlClientLayer = (config: Config) =>
  config.DATABASE_URL === undefined
    ? Layer.effect(SqlClient.SqlClient, Effect.service(SqlClient.SqlClient))
    : PostgresDatabase.layerDirect({ ...config, DATABASE_POOL_LIFETIME: healthConnectionLifetime }, config.DATABASE_URL)

export const secret = (config: Config) =>
  config.BETTER_AUTH_SECRET === undefined
    ? DevelopmentSecret.read(config.DATA_DIR)
    : Effect.succeed(config.BETTER_AUTH_SECRET)

/** In development every frontend server on this machine may call the API. Vite, for example, uses port 5173. */
const loopbackOrigins = ["localhost", "127.0.0.1", "[::1]"].flatMap((host) => [`http://${host}:*`, `https://${host}:*`])

/** CORS origins. `:*` stands for any port. */
export const allowedOrigins = ({ ALLOWED_ORIGINS, ENVIRONMENT, FRONTEND_URL }: Config) =>
  ALLOWED_ORIGINS ?? (FRONTEND_URL ? [FRONTEND_URL.origin] : ENVIRONMENT === "development" ? loopbackOrigins : [])

/** Like Better Auth itself: a path in the base URL replaces the default path. */
const betterAuthJwksUrl = (baseUrl: URL) =>
  new URL(`${baseUrl.pathname.replace(/\/+$/, "") || "/api/auth"}/jwks`, baseUrl)

/** The issuer whose JWKS verifies tokens, or `undefined` if the secret does. */
export const issuer = ({ BETTER_AUTH_URL, JWKS_URL, JWT_AUDIENCE, JWT_ISSUER }: Config) => {
  const url = JWKS_URL ?? (BETTER_AUTH_URL && betterAuthJwksUrl(BETTER_AUTH_URL))
  if (url === undefined) return undefined
  // The configuration is invalid without them; an empty value would match no token.
  const origin = BETTER_AUTH_URL?.origin ?? ""
  return { url, issuer: JWT_ISSUER ?? origin, audience: JWT_AUDIENCE ?? origin }
}

export const authLayer = (config: Config) => {
  const { JWKS_MAX_STALE: maxStale, JWKS_REFRESH: refresh, TOKEN_CACHE_SIZE: cacheSize } = config
  const external = issuer(config)
  if (external !== undefined) {
    return Auth.layerJwks({ ...external, refresh, maxStale, cacheSize }).pipe(Layer.provide(FetchHttpClient.layer))
  }
  return Layer.unwrap(
    Effect.map(secret(config), (secret) =>
      Auth.layerSecret({
        secret,
        previousSecret: config.BETTER_AUTH_SECRET_PREVIOUS,
        issuer: config.JWT_ISSUER,
        audience: config.JWT_AUDIENCE,
        cacheSize
      })
    )
  )
}

export const quotasLayer = (config: Config) =>
  Layer.succeed(AccountQuotas, {
    task: config.QUOTA_TASKS,
    project: config.QUOTA_PROJECTS,
    tag: config.QUOTA_TAGS,
    stored_response: config.QUOTA_STORED_RESPONSES
  })

// The Redis driver is large: a start without Redis does not load it.

/** With Redis all processes share their rate limits; without it each process has its own. */
export const rateLimitersLayer = ({ RATE_LIMIT: user, RATE_LIMIT_ADDRESS: address, REDIS_URL }: Config) =>
  RateLimiters.layer({ address, user }).pipe(
    Layer.provide(
      REDIS_URL === undefined
        ? RateLimitStore.layerMemory()
        : Layer.unwrap(
            Effect.promise(async () => (await import("../rate-limit/RedisRateLimitStore.ts")).layer(REDIS_URL))
          )
    )
  )

/** How processes announce changes to each other. Only one process uses the embedded database. */
const changeBusLayer = (config: Config) => {
  const url = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL
  if (url === undefined) return ChangeBus.layerLocal
  const { REDIS_URL } = config
  if (REDIS_URL !== undefined) {
    return Layer.unwrap(Effect.promise(async () => (await import("../events/RedisBus.ts")).layer(REDIS_URL)))
  }
  return NotifyBus.layer({ url, connectTimeout: config.DATABASE_CONNECT_TIMEOUT })
}

export const changeHubLayer = (config: Config) =>
  ChangeHub.layer({ maxStreams: config.EVENT_STREAMS_MAX }).pipe(Layer.provide(changeBusLayer(config)))

const isMetered = ({ ADMIN_PORT, OTEL_EXPORTER_OTLP_ENDPOINT }: Config) =>
  ADMIN_PORT !== undefined || OTEL_EXPORTER_OTLP_ENDPOINT !== undefined

export const meteredLayer = (config: Config) => Layer.succeed(Metered, isMetered(config))

/** Logs, traces, metrics and the admin port. Provided outermost, so that start and shutdown are observed too. */
export const observabilityLayer = (config: Config, worker: number | undefined) =>
  Layer.merge(AdminServer.layer(config), isMetered(config) ? Metrics.layer : Layer.empty).pipe(
    Layer.provideMerge(Telemetry.layer(config, worker)),
    Layer.provideMerge(Logging.layer(config))
  )
