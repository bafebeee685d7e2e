import { Context, Duration, Effect, Layer, Schedule, Stdio, Terminal } from "effect"
import { GlobalFlag } from "effect/cli"
import { HttpRouter, HttpServer } from "effect/http"
import { ChildProcessSpawner } from "effect/process"
import { SqlClient } from "effect/sql"
import type { Config } from "../config/Config.ts"
import * as PooledSqlClient from "../database/PooledSqlClient.ts"
import * as RetentionJobs from "../jobs/RetentionJobs.ts"
import { AdminServer } from "../observability/AdminServer.ts"
import * as Metrics from "../observability/Metrics.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import { IdempotencyRepo } from "../repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../repositories/ProjectRepo.ts"
import { QueryTimeout } from "../repositories/QueryRunner.ts"
import { TagRepo } from "../repositories/TagRepo.ts"
import { TaskRepo } from "../repositories/TaskRepo.ts"
import { TrashRepo } from "../repositories/TrashRepo.ts"
import { TrustedProxies } from "../server/ClientAddress.ts"
import { AllowedOrigins } from "../server/Cors.ts"
import { routerConfig } from "../server/Edge.ts"
import * as Server from "../server/HttpServer.ts"
import { Readiness } from "../server/Readiness.ts"
import { Routes } from "../server/Routes.ts"
import * as SecurityHeaders from "../server/SecurityHeaders.ts"
import { within } from "../server/Within.ts"
import * as AppLayers from "./AppLayers.ts"
import * as Observability from "./Observability.ts"
import { readinessLayer } from "./ReadinessChecks.ts"

// Closing a pool waits for its statements, and a frozen database never ends them.
const exitAfter = (timeout: Duration.Duration) =>
  Effect.sync(
    () => void setTimeout(() => process.exit(process.exitCode ?? 0), Duration.toMillis(timeout) + 1_000).unref()
  )

const isDeployed = ({ ENVIRONMENT }: Config) => ENVIRONMENT !== "development"

/** The services that the routes capture when they are built. */
const servicesLayer = (config: Config) =>
  Layer.mergeAll(
    ...[TaskRepo.layer, TrashRepo.layer, ProjectRepo.layer, TagRepo.layer, IdempotencyRepo.layer, AccountRepo.layer],
    readinessLayer(config).pipe(Layer.provide(AppLayers.healthSqlClientLayer(config)))
  ).pipe(
    Layer.provideMerge(AppLayers.authLayer(config)),
    Layer.provideMerge([
      AppLayers.rateLimitersLayer(config),
      Observability.meteredLayer(config),
      Layer.succeed(SecurityHeaders.TransportSecurity, isDeployed(config)),
      Layer.succeed(AllowedOrigins, AppLayers.allowedOrigins(config)),
      Layer.succeed(TrustedProxies, config.TRUSTED_PROXIES ?? [])
    ])
  )

// Each request copies the context: services that only the command line needs are removed.
const withoutCommandServices = Context.omit(
  ...[GlobalFlag.LogLevel, Stdio.Stdio, Terminal.Terminal, ChildProcessSpawner.ChildProcessSpawner],
  ...[SqlClient.SqlClient, PooledSqlClient.Gates]
)

export interface ServerEvents {
  readonly onListening: (url: string) => Effect.Effect<void>
  readonly onReady: (url: string) => Effect.Effect<void>
}

const awaitReady = (readiness: Readiness["Service"]) =>
  readiness.checks.pipe(
    Effect.repeat({
      until: (checks) => Object.values(checks).every(({ status }) => status === "ok"),
      schedule: Schedule.spaced("1 second")
    })
  )

/** Logs and counts requests that were cut off at the end of SHUTDOWN_TIMEOUT; the process then exits with 1. */
const reportCutRequests = (count: number) =>
  Effect.suspend(() => {
    if (count === 0) return Effect.void
    process.exitCode = 1
    return Effect.logError(`cut off ${count} requests after SHUTDOWN_TIMEOUT`)
  })

const serverLayer = <E, R>(
  config: Config,
  routes: Layer.Layer<never, E, R>,
  readiness: Readiness["Service"],
  { onListening, onReady }: ServerEvents
) => {
  const server = Server.make(config, SecurityHeaders.common(isDeployed(config)))
  const lifecycle = Layer.effectDiscard(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const url = HttpServer.formatAddress(address)
      yield* onListening(url)
      yield* awaitReady(readiness).pipe(Effect.andThen(onReady(url)), Effect.forkScoped)
      yield* Effect.addFinalizer(() =>
        Effect.logInfo("stopping").pipe(
          Effect.andThen(readiness.beginShutdown),
          Effect.andThen(Effect.sleep(config.SHUTDOWN_DELAY)),
          Effect.andThen(exitAfter(config.SHUTDOWN_TIMEOUT)),
          Effect.andThen(server.drain)
        )
      )
    })
  )
  const reportAfterClose = Layer.effectDiscard(
    Effect.addFinalizer(() => Effect.suspend(() => reportCutRequests(server.cutRequests())))
  )
  return lifecycle.pipe(
    Layer.provide(HttpRouter.serve(routes, { routerConfig, disableLogger: true, disableListenLog: true })),
    Layer.provide(server.layer),
    Layer.provide(reportAfterClose)
  )
}

/** Serves the API on a database that was migrated before. */
export const runServer = (config: Config, events: ServerEvents) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(servicesLayer(config))
    const services = Layer.succeedContext(context)
    const readiness = Context.get(context, Readiness)
    yield* (yield* AdminServer).useChecks(readiness.checks)
    const server = serverLayer(config, Layer.provide(Routes, services), readiness, events)
    return yield* Layer.launch(
      Layer.mergeAll(
        within(withoutCommandServices, server),
        Layer.provide(RetentionJobs.layer, services),
        Metrics.poolsLayer
      )
    )
  }).pipe(
    Effect.provide([
      Layer.succeed(QueryTimeout, config.DATABASE_QUERY_TIMEOUT),
      Observability.untracedLayer,
      AppLayers.rowLevelSecurityLayer(config)
    ]),
    Effect.scoped
  )
