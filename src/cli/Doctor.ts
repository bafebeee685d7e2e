import { Console, Effect, Redacted } from "effect"
import { Command } from "effect/cli"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import * as JwksProvider from "../auth/JwksProvider.ts"
import { clockTolerance } from "../auth/JwtValidation.ts"
import * as Config from "../config/Config.ts"
import { isLocalHost, isVerified, parsePostgresUrl } from "../config/PostgresUrl.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import * as AppLayers from "./AppLayers.ts"
import { CommandFailed, formatError } from "./ErrorReporting.ts"
import { databaseState, readOnly } from "./ReadinessChecks.ts"
import { rolePrivileges } from "./RolePrivileges.ts"

/** Only errors fail the command. */
interface Finding {
  readonly level: "ok" | "warn" | "error"
  readonly subject: string
  readonly message: string
}

const ok = (subject: string, message: string): Finding => ({ level: "ok", subject, message })
const warn = (subject: string, message: string): Finding => ({ level: "warn", subject, message })
const error = (subject: string, message: string): Finding => ({ level: "error", subject, message })

const checkClock = (subject: string, skew: number): Finding =>
  skew > clockTolerance
    ? error(subject, `differs from this machine by ${skew} s: at most ${clockTolerance} s are accepted`)
    : ok(subject, `differs from this machine by ${skew} s`)

/** Whether an attacker in the network can replace the keys. */
const isReplaceable = (config: Config.Config, { hostname, protocol }: URL) =>
  Config.isDeployed(config) && protocol === "http:" && !isLocalHost(hostname.replace(/^\[(.*)\]$/, "$1"))

const checkIssuer = (config: Config.Config, issuer: NonNullable<ReturnType<typeof AppLayers.issuer>>) =>
  Effect.gen(function* () {
    const { keys, skew } = yield* JwksProvider.fetchJwks(issuer.url)
    return [
      ok("issuer", `accepts tokens of ${issuer.issuer} for ${issuer.audience}`),
      ok("keys", `${issuer.url} has keys for ${keys.map(({ alg, kty }) => alg ?? kty).join(", ")}`),
      skew === undefined
        ? warn("issuer's clock", "unknown: its responses have no Date header")
        : checkClock("issuer's clock", skew),
      ...(isReplaceable(config, issuer.url)
        ? [warn("keys", "fetched without TLS: an attacker in the network can replace them")]
        : [])
    ]
  }).pipe(
    Effect.catch((failure) => Effect.succeed([error("keys", formatError(failure))])),
    Effect.provide(FetchHttpClient.layer)
  )

function* checkSecret(config: Config.Config) {
  yield config.BETTER_AUTH_SECRET === undefined
    ? warn("secret", "generated for development, in DATA_DIR")
    : ok("secret", "at least 32 bytes and not a placeholder")
  if (config.BETTER_AUTH_SECRET_PREVIOUS !== undefined)
    yield warn("secret", "BETTER_AUTH_SECRET_PREVIOUS is accepted too: remove it when its tokens have expired")
  yield config.JWT_ISSUER === undefined || config.JWT_AUDIENCE === undefined
    ? warn("issuer", "every token signed with the secret is accepted: restrict it with JWT_ISSUER and JWT_AUDIENCE")
    : ok("issuer", `accepts tokens of ${config.JWT_ISSUER} for ${config.JWT_AUDIENCE}`)
}

const checkRole = Effect.map(rolePrivileges, function* ({ excess, missing }) {
  for (const privileges of missing) yield error("role", `lacks ${privileges}: grant it`)
  if (excess.length > 0)
    yield warn("role", `has more than it needs: ${excess.join(", ")}. Serve with a role that owns nothing`)
  if (missing.length === 0 && excess.length === 0) yield ok("role", "has exactly the privileges that it needs")
})

/** Between machines a password and all rows can be read, and the server can be replaced by another. */
const checkTls = Effect.fnUntraced(function* (url: Redacted.Redacted) {
  const parsed = parsePostgresUrl(Redacted.value(url))
  const remote = parsed.hosts.map(({ host }) => host).filter((host) => !isLocalHost(host))
  if (remote.length === 0) return [ok("TLS", "not needed: the database is on this machine")]
  const sql = yield* SqlClient.SqlClient
  const [session] = yield* sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
  const advice = "set sslmode=verify-full, with sslrootcert for a private authority"
  if (session?.ssl !== true) return [warn("TLS", `the connection to ${remote.join(", ")} is not encrypted: ${advice}`)]
  return [
    isVerified(parsed)
      ? ok("TLS", "encrypted, and the certificate is verified")
      : warn("TLS", `the certificate of ${remote.join(", ")} is not verified: ${advice}`)
  ]
})

const checkDatabase = (config: Config.Config) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [server] = yield* sql<{ version: string }>`select current_setting('server_version') as version`
    const { applied, pending, unknown } = yield* Migrations.status
    const rlsErrors = yield* RowSecurity.check(config.DATABASE_RLS === "on")
    const isEmbedded = config.DATABASE_URL === undefined
    const { isReadOnly, skew } = yield* databaseState
    return [
      ok("database", isEmbedded ? AppLayers.databaseName(config) : `PostgreSQL ${server?.version}`),
      ...(config.DATABASE_URL === undefined ? [] : yield* checkTls(config.DATABASE_URL)),
      checkClock("database's clock", skew),
      ...(isReadOnly ? [error("writes", readOnly)] : []),
      ...(isEmbedded ? [ok("role", "superuser of the embedded database")] : yield* checkRole),
      pending.length === 0
        ? ok("migrations", `${applied.length} applied, none pending`)
        : error("migrations", `pending: ${pending.join(", ")}; run tasks migrate`),
      ...unknown.map((name) => warn("migrations", `${name} is of a newer version: run that version of tasks`)),
      ...rlsErrors.map((message) => error("row-level security", message)),
      ...(rlsErrors.length === 0 ? [ok("row-level security", config.DATABASE_RLS)] : [])
    ]
  }).pipe(
    Effect.provide(AppLayers.databaseLayer(config)),
    Effect.catch((failure) => Effect.succeed([error("database", formatError(failure))]))
  )

/** Everything that the service does with Redis. */
const attemptRedis = (url: Redacted.Redacted) =>
  Effect.flatMap(
    Effect.promise(() =>
      Promise.all([
        import("../rate-limit/Redis.ts"),
        import("../rate-limit/RedisRateLimitStore.ts"),
        import("../events/RedisBus.ts")
      ])
    ),
    ([{ probe }, store, bus]) => probe(url, (client) => store.attempt(client).then(() => bus.attempt(client)))
  )

/** Without Redis the service runs, but its rate limits are not shared. */
const checkRateLimits = ({ REDIS_URL }: Config.Config) =>
  REDIS_URL === undefined
    ? Effect.succeed(ok("rate limits", "counted per process: set REDIS_URL to share them"))
    : attemptRedis(REDIS_URL).pipe(
        Effect.match({
          onFailure: (failure) => error("rate limits", `cannot use Redis (REDIS_URL): ${formatError(failure)}`),
          onSuccess: () => ok("rate limits", "counted in Redis")
        })
      )

const checkOrigins = (config: Config.Config): Finding => {
  const origins = AppLayers.allowedOrigins(config)
  const plain = origins.filter((origin) => Config.isDeployed(config) && origin.startsWith("http:"))
  if (origins.length === 0) return warn("origins", "none: pages in a browser cannot call the API")
  return plain.length > 0
    ? warn("origins", `${plain.join(", ")} without TLS: tokens can be read in the network`)
    : ok("origins", origins.join(", "))
}

const runChecks = Effect.gen(function* () {
  const config = yield* Config.load()
  const issuer = AppLayers.issuer(config)
  const findings = [
    ok("configuration", `valid for ${config.ENVIRONMENT}`),
    ...(issuer === undefined ? checkSecret(config) : yield* checkIssuer(config, issuer)),
    ...(yield* checkDatabase(config)),
    yield* checkRateLimits(config),
    checkOrigins(config)
  ]
  for (const { level, message, subject } of findings) {
    yield* Console.log(`${level.padEnd(5)}  ${subject}: ${message}`)
  }
  const errors = findings.filter(({ level }) => level === "error").length
  if (errors > 0) return yield* new CommandFailed({ message: errors === 1 ? "1 error" : `${errors} errors` })
})

export const doctor = Command.make("doctor", {}, () => runChecks).pipe(
  Command.withDescription("Check the configuration, issuer, database, Redis and origins; exit with 1 on an error")
)
