import { Duration, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { HttpRouter, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { TrustedProxies } from "../http/ClientAddress.ts"
import { AllowedOrigins } from "../http/Cors.ts"
import { routerConfig } from "../http/Edge.ts"
import { Routes } from "../http/Routes.ts"
import * as SecurityHeaders from "../http/SecurityHeaders.ts"
import * as Server from "../platform/HttpServer.ts"
import * as Logging from "../platform/Logging.ts"
import * as Migrations from "../platform/Migrations.ts"
import * as RowSecurity from "../platform/RowSecurity.ts"
import * as Settings from "../platform/Settings.ts"
import { AccountRepo } from "../repo/AccountRepo.ts"
import { AnswerRepo } from "../repo/AnswerRepo.ts"
import { answer, Patience } from "../repo/Database.ts"
import { ProjectRepo } from "../repo/ProjectRepo.ts"
import { TagRepo } from "../repo/TagRepo.ts"
import { TaskRepo } from "../repo/TaskRepo.ts"
import { TrashRepo } from "../repo/TrashRepo.ts"
import { Auth } from "../service/Auth.ts"
import { Readiness } from "../service/Readiness.ts"
import * as Choices from "./Choices.ts"
import * as Housekeeping from "./Housekeeping.ts"
import { bringUpToDate } from "./Migrate.ts"
import * as Workers from "./Workers.ts"

const migrate = (settings: Settings.Settings) =>
  bringUpToDate(settings).pipe(
    Choices.withMigrationClient(settings),
    Effect.tap((done) => (done.length === 0 ? Effect.void : Effect.logInfo(`migrated: ${done.join(", ")}`)))
  )

// A probe waits a second or two; silence within one is an answer.
const ask = <A, E, R>(question: Effect.Effect<A, E, R>, otherwise: string) =>
  answer(question).pipe(
    Effect.provideService(Patience, Duration.seconds(1)),
    Effect.catchDefect(() => Effect.fail(otherwise)),
    Effect.mapError(() => otherwise)
  )

const readinessLayer = (settings: Settings.Settings) =>
  Readiness.layer<SqlClient.SqlClient | Auth>({
    database: Effect.flatMap(SqlClient.SqlClient, (sql) => ask(sql`select 1`, "the database does not answer")),
    migrations: Effect.flatMap(ask(Migrations.status, "the migrations cannot be compared"), ({ pending }) =>
      pending.length === 0 ? Effect.void : Effect.fail(`pending: ${pending.join(", ")}`)
    ),
    row_security: Effect.flatMap(
      ask(RowSecurity.faults(settings.DATABASE_RLS === "on"), "row level security cannot be compared"),
      (faults) => (faults.length === 0 ? Effect.void : Effect.fail(faults.join("; ")))
    ),
    keys: Effect.flatMap(Auth, ({ ready }) => ask(ready, "the keys of the tokens' issuer are not there"))
  })

// Closing the pool waits for a statement that a silent database will never end: then the process goes without it.
const leaveAfter = (grace: Duration.Duration) =>
  Effect.sync(() => void setTimeout(() => process.exit(0), Duration.toMillis(grace) + 1_000).unref())

const isDeployed = ({ ENVIRONMENT }: Settings.Settings) => ENVIRONMENT !== "development"

/** Listens, says so, and when it is told to stop drains before the routes go. */
const serverLayer = (settings: Settings.Settings, onReady: (url: string) => Effect.Effect<void>) => {
  const server = Server.make(settings, SecurityHeaders.common(isDeployed(settings)))
  const announced = Layer.effectDiscard(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      yield* onReady(HttpServer.formatAddress(address))
      yield* Effect.addFinalizer(() =>
        Effect.logInfo("stopping").pipe(
          Effect.andThen(leaveAfter(settings.SHUTDOWN_GRACE)),
          Effect.andThen(server.drain)
        )
      )
    })
  )
  return announced.pipe(
    Layer.provide(HttpRouter.serve(Routes, { routerConfig, disableLogger: true, disableListenLog: true })),
    Layer.provide(server.layer)
  )
}

/** The whole service, on a database that somebody has migrated. */
const service = (settings: Settings.Settings, onReady: (url: string) => Effect.Effect<void>) =>
  Layer.launch(
    Layer.merge(serverLayer(settings, onReady), Housekeeping.layer).pipe(
      Layer.provide([
        TaskRepo.layer,
        TrashRepo.layer,
        ProjectRepo.layer,
        TagRepo.layer,
        AnswerRepo.layer,
        AccountRepo.layer,
        readinessLayer(settings)
      ]),
      Layer.provide([Choices.authLayer(settings), Choices.rateLimitsLayer(settings)]),
      Layer.provide([
        Layer.succeed(Patience, settings.DATABASE_TIMEOUT),
        Choices.wallLayer(settings),
        Layer.succeed(SecurityHeaders.TransportSecurity, isDeployed(settings)),
        Layer.succeed(AllowedOrigins, Choices.allowedOrigins(settings)),
        Layer.succeed(TrustedProxies, settings.TRUSTED_PROXIES ?? [])
      ])
    )
  )

/** In this process, or in workers of it: then this one migrates, watches over them and serves nothing itself. */
const run = Effect.fnUntraced(function* (settings: Settings.Settings) {
  const several = settings.WEB_CONCURRENCY > 1
  const announce = (url: string) =>
    Effect.logInfo(
      `ready at ${url}, docs at ${url}/docs, database: ${Choices.databaseName(settings)}` +
        (several ? `, workers: ${settings.WEB_CONCURRENCY}` : "")
    )
  const here = Effect.gen(function* () {
    if (settings.MIGRATE_ON_START) yield* migrate(settings)
    if (!several) yield* service(settings, announce)
  })
  yield* Effect.provide(here, Choices.databaseLayer(settings))
  if (several) yield* Workers.supervise(settings, announce)
})

const runWorker = (settings: Settings.Settings, worker: number) =>
  service(settings, Workers.tellReady).pipe(
    Effect.provide(Choices.databaseLayer(settings)),
    Workers.work,
    Effect.annotateLogs({ worker })
  )

export const serve = Command.make("serve", {}, () =>
  Effect.gen(function* () {
    const settings = yield* Settings.ofProcess
    const worker = Settings.worker()
    const running = worker === undefined ? run(settings) : runWorker(settings, worker)
    return yield* Effect.provide(running, Logging.layer(settings))
  })
).pipe(Command.withDescription("Serve the API"))
