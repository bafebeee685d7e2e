import { Duration, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { HttpRouter, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { AllowedOrigins } from "../http/Cors.ts"
import { routerConfig } from "../http/Edge.ts"
import { Routes } from "../http/Routes.ts"
import { TransportSecurity } from "../http/SecurityHeaders.ts"
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

/** Listens, says so, and when it is told to stop drains before the routes go. */
const serverLayer = (settings: Settings.Settings) => {
  const server = Server.make(settings)
  const announced = Layer.effectDiscard(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const url = HttpServer.formatAddress(address)
      yield* Effect.logInfo(`ready at ${url}, docs at ${url}/docs, database: ${Choices.databaseName(settings)}`)
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

/** The whole service. The port opens when the database has answered and its migrations are applied. */
const service = Effect.gen(function* () {
  const settings = yield* Settings.ofProcess
  const run = Effect.gen(function* () {
    if (settings.MIGRATE_ON_START) yield* migrate(settings)
    return yield* Layer.launch(
      Layer.merge(serverLayer(settings), Housekeeping.layer).pipe(
        Layer.provide([
          TaskRepo.layer,
          TrashRepo.layer,
          ProjectRepo.layer,
          TagRepo.layer,
          AnswerRepo.layer,
          AccountRepo.layer,
          readinessLayer(settings)
        ]),
        Layer.provide(Choices.authLayer(settings)),
        Layer.provide([
          Layer.succeed(Patience, settings.DATABASE_TIMEOUT),
          Choices.wallLayer(settings),
          Layer.succeed(TransportSecurity, settings.ENVIRONMENT !== "development"),
          Layer.succeed(AllowedOrigins, Choices.allowedOrigins(settings))
        ])
      )
    )
  })
  return yield* run.pipe(Effect.provide(Choices.databaseLayer(settings)), Effect.provide(Logging.layer(settings)))
})

export const serve = Command.make("serve", {}, () => service).pipe(Command.withDescription("Serve the API"))
