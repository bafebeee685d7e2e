import { Clock, Console, Data, Effect } from "effect"
import { Command } from "effect/cli"
import { FetchHttpClient, HttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import * as JwksProvider from "../auth/JwksProvider.ts"
import { clockTolerance } from "../auth/JwtValidation.ts"
import * as Config from "../config/Config.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import * as Redis from "../rate-limit/Redis.ts"
import * as AppLayers from "./AppLayers.ts"
import { formatError } from "./ErrorReporting.ts"

/** Something is wrong: the lines above say what. */
export class ChecksFailed extends Data.TaggedError("ChecksFailed")<{ readonly message: string }> {}

/** What a check finds. Only a fault fails the command; a warning is for whoever reads it. */
interface Finding {
  readonly state: "ok" | "warn" | "fault"
  readonly about: string
  readonly words: string
}

const ok = (about: string, words: string): Finding => ({ state: "ok", about, words })
const warn = (about: string, words: string): Finding => ({ state: "warn", about, words })
const fault = (about: string, words: string): Finding => ({ state: "fault", about, words })

const clock = (about: string, theirs: number, ours: number): Finding => {
  const apart = Math.round(Math.abs(theirs - ours) / 1000)
  const words = `${apart} s apart from this machine`
  return apart > clockTolerance ? fault(about, `${words}: tokens will be refused`) : ok(about, words)
}

/** Tokens of an issuer: whether its keys come, which they are, and whether its clock agrees with ours. */
const checkIssuer = (settings: Config.Config, issuer: NonNullable<ReturnType<typeof AppLayers.issuer>>) =>
  Effect.gen(function* () {
    const keys = yield* JwksProvider.fetchJwks(issuer.url)
    const response = yield* HttpClient.head(issuer.url.origin)
    const now = yield* Clock.currentTimeMillis
    const date = Date.parse(response.headers.date ?? "")
    return [
      ok("issuer", `tokens of ${issuer.issuer} for ${issuer.audience}`),
      ok("keys", `${issuer.url} publishes ${keys.map(({ alg, kty }) => alg ?? kty).join(", ")}`),
      Number.isNaN(date) ? warn("issuer's clock", "is not told") : clock("issuer's clock", date, now),
      ...(settings.ENVIRONMENT !== "development" && issuer.url.protocol === "http:"
        ? [warn("keys", "come without TLS: whoever is between can replace them")]
        : [])
    ]
  }).pipe(
    Effect.catch((error) => Effect.succeed([fault("keys", formatError(error))])),
    Effect.provide(FetchHttpClient.layer)
  )

const checkSecret = ({ BETTER_AUTH_SECRET, JWT_AUDIENCE, JWT_ISSUER }: Config.Config): ReadonlyArray<Finding> => [
  BETTER_AUTH_SECRET === undefined
    ? warn("secret", "made for development and kept beside the data")
    : ok("secret", "at least 32 bytes and no placeholder"),
  JWT_ISSUER === undefined || JWT_AUDIENCE === undefined
    ? warn("issuer", "whatever is signed with the secret counts: set JWT_ISSUER and JWT_AUDIENCE to narrow it")
    : ok("issuer", `tokens of ${JWT_ISSUER} for ${JWT_AUDIENCE}`)
]

interface Server {
  readonly version: string
  readonly now: number
  readonly is_superuser: boolean
  readonly bypasses_rls: boolean
  readonly owns: boolean
  readonly may_write: boolean | null
}

/** What the role that serves requests is and may. It should own nothing: migrations are for another. */
const checkDatabase = (settings: Config.Config) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [server] = yield* sql<Server>`
      select
        current_setting('server_version') as version,
        (extract(epoch from now()) * 1000)::float8 as now,
        rolsuper as is_superuser,
        rolbypassrls as bypasses_rls,
        coalesce((select relowner = pg_roles.oid from pg_class where oid = to_regclass('task')), false) as owns,
        has_table_privilege(to_regclass('task'), 'select, insert, update, delete') as may_write
      from pg_roles where rolname = current_user
    `
    if (server === undefined) return [fault("database", "does not tell who we are")]
    const { applied, pending } = yield* Migrations.status
    const unfit = yield* RowSecurity.check(settings.DATABASE_RLS === "on")
    const isEmbedded = settings.DATABASE_URL === undefined
    const powers = [
      ...(server.is_superuser ? ["is a superuser"] : []),
      ...(server.bypasses_rls ? ["bypasses row security"] : []),
      ...(server.owns ? ["owns the tables"] : [])
    ]
    return [
      ok("database", isEmbedded ? AppLayers.databaseName(settings) : `PostgreSQL ${server.version}`),
      clock("database's clock", server.now, yield* Clock.currentTimeMillis),
      powers.length === 0 || isEmbedded
        ? ok("role", isEmbedded ? "all rights, as it is for development" : "owns nothing")
        : warn("role", `${powers.join(", ")}: serve with another, and migrate with DATABASE_DIRECT_URL`),
      ...(server.may_write === false ? [fault("role", "may not read and write the tables: grant it that")] : []),
      pending.length === 0
        ? ok("migrations", `${applied.length} applied, none pending`)
        : fault("migrations", `pending: ${pending.join(", ")}; run tasks migrate`),
      ...unfit.map((words) => fault("row level security", words)),
      ...(unfit.length === 0 ? [ok("row level security", settings.DATABASE_RLS)] : [])
    ]
  }).pipe(
    Effect.provide(AppLayers.databaseLayer(settings)),
    Effect.catch((error) => Effect.succeed([fault("database", formatError(error))]))
  )

/** Without Redis the service serves, but it does not count. */
const checkLimits = ({ REDIS_URL }: Config.Config) =>
  REDIS_URL === undefined
    ? Effect.succeed(ok("limits", "counted by each process for itself: set REDIS_URL to share them"))
    : Effect.match(Redis.probe(REDIS_URL), {
        onFailure: (error) => fault("limits", `Redis cannot be used: ${formatError(error)}`),
        onSuccess: () => ok("limits", "counted in Redis")
      })

const checkOrigins = (settings: Config.Config): Finding => {
  const origins = AppLayers.allowedOrigins(settings)
  const plain = origins.filter((origin) => settings.ENVIRONMENT !== "development" && origin.startsWith("http:"))
  if (origins.length === 0) return warn("origins", "none: no page in a browser may call this service")
  return plain.length > 0
    ? warn("origins", `${plain.join(", ")} without TLS: tokens can be read on their way`)
    : ok("origins", origins.join(", "))
}

const examine = Effect.gen(function* () {
  const settings = yield* Config.ofProcess
  const issuer = AppLayers.issuer(settings)
  const findings = [
    ok("settings", `for ${settings.ENVIRONMENT}`),
    ...(issuer === undefined ? checkSecret(settings) : yield* checkIssuer(settings, issuer)),
    ...(yield* checkDatabase(settings)),
    yield* checkLimits(settings),
    checkOrigins(settings)
  ]
  for (const { about, state, words } of findings) yield* Console.log(`${state.padEnd(5)}  ${about}: ${words}`)
  const faults = findings.filter(({ state }) => state === "fault").length
  if (faults > 0) return yield* new ChecksFailed({ message: faults === 1 ? "1 fault" : `${faults} faults` })
})

export const doctor = Command.make("doctor", {}, () => examine).pipe(
  Command.withDescription("Look at the settings, the issuer, the database and Redis; exit 1 on a fault")
)
