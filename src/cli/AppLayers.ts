import { Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { Auth } from "../auth/Auth.ts"
import type * as Config from "../config/Config.ts"
import * as DevelopmentSecret from "../config/DevelopmentSecret.ts"
import * as Pglite from "../database/Pglite.ts"
import * as PostgresDatabase from "../database/PostgresDatabase.ts"
import * as MemoryRateLimitStore from "../rate-limit/MemoryRateLimitStore.ts"
import { RateLimiters } from "../rate-limit/RateLimiters.ts"
import * as RedisRateLimitStore from "../rate-limit/RedisRateLimitStore.ts"

// Which database, which keys: decided here, once, and handed down as layers.

/** For people: which database this is. Never its URL, which holds a password. */
export const databaseName = ({ DATABASE_URL, DATA_DIR }: Config.Config) =>
  DATABASE_URL === undefined ? `embedded PGlite in ${DATA_DIR}, for development only` : "PostgreSQL"

export const databaseLayer = (settings: Config.Config) =>
  settings.DATABASE_URL === undefined
    ? Layer.unwrap(
        Effect.map(Pglite.open(settings.DATA_DIR), (stream) => PostgresDatabase.layerStream(settings, stream))
      )
    : PostgresDatabase.layer(settings, settings.DATABASE_URL)

/** Runs what concerns the migrations: on a server as whoever may change tables, in the embedded database as everyone. */
export const withMigrationClient =
  (settings: Config.Config) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) => {
    const url = settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL
    return url === undefined ? effect : Effect.provide(effect, PostgresDatabase.layerDirect(settings, url))
  }

export const secret = (settings: Config.Config) =>
  settings.BETTER_AUTH_SECRET === undefined
    ? DevelopmentSecret.read(settings.DATA_DIR)
    : Effect.succeed(settings.BETTER_AUTH_SECRET)

/** Whose pages may read our answers. In development that is where most frontends run. */
export const allowedOrigins = ({ ALLOWED_ORIGINS, ENVIRONMENT, FRONTEND_URL }: Config.Config) =>
  ALLOWED_ORIGINS ??
  (FRONTEND_URL ? [FRONTEND_URL.origin] : ENVIRONMENT === "development" ? ["http://localhost:3000"] : [])

/** Where Better Auth publishes its keys: it too takes a path in its base URL as its own, and else adds one. */
const keysOf = (baseUrl: URL) => new URL(`${baseUrl.pathname.replace(/\/+$/, "") || "/api/auth"}/jwks`, baseUrl)

/** Whose tokens count: the issuer's where a key URL is configured, and then no secret opens anything; else the secret's. */
export const issuer = ({ BETTER_AUTH_URL, JWKS_URL, JWT_AUDIENCE, JWT_ISSUER }: Config.Config) => {
  const url = JWKS_URL ?? (BETTER_AUTH_URL && keysOf(BETTER_AUTH_URL))
  if (url === undefined) return undefined
  // The settings were refused if these were missing; an empty one would fit no token.
  const origin = BETTER_AUTH_URL?.origin ?? ""
  return { url, issuer: JWT_ISSUER ?? origin, audience: JWT_AUDIENCE ?? origin }
}

export const authLayer = (settings: Config.Config) => {
  const { JWKS_MAX_STALE: keep, JWKS_REFRESH: refresh, TOKEN_CACHE_SIZE: cacheSize } = settings
  const from = issuer(settings)
  if (from !== undefined) {
    return Auth.layerJwks({ ...from, refresh, keep, cacheSize }).pipe(Layer.provide(FetchHttpClient.layer))
  }
  return Layer.unwrap(
    Effect.map(secret(settings), (secret) =>
      Auth.layerSecret({ secret, issuer: settings.JWT_ISSUER, audience: settings.JWT_AUDIENCE, cacheSize })
    )
  )
}

/** How often who may ask, counted for all processes in Redis where there is one, else for each in its memory. */
export const rateLimitersLayer = ({ RATE_LIMIT: user, RATE_LIMIT_ADDRESS: address, REDIS_URL }: Config.Config) =>
  RateLimiters.layer({ address, user }).pipe(
    Layer.provide(REDIS_URL === undefined ? MemoryRateLimitStore.layer() : RedisRateLimitStore.layer(REDIS_URL))
  )
