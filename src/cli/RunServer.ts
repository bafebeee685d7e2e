import { Context, Duration, Effect, Layer, Stdio, Terminal } from "effect"
import { GlobalFlag } from "effect/cli"
import { HttpRouter, HttpServer } from "effect/http"
import { ChildProcessSpawner } from "effect/process"
import { SqlClient } from "effect/sql"
import type * as Config from "../config/Config.ts"
import { Database } from "../database/Database.ts"
import { DatabasePools } from "../database/PoolStats.ts"
import * as RetentionJobs from "../jobs/RetentionJobs.ts"
import * as Metrics from "../observability/Metrics.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import { IdempotencyRepo } from "../repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../repositories/ProjectRepo.ts"
import { TagRepo } from "../repositories/TagRepo.ts"
import { TaskRepo } from "../repositories/TaskRepo.ts"
import { TrashRepo } from "../repositories/TrashRepo.ts"
import { TrustedProxies } from "../server/ClientAddress.ts"
import { AllowedOrigins } from "../server/Cors.ts"
import { routerConfig } from "../server/Edge.ts"
import * as Server from "../server/HttpServer.ts"
import { Routes } from "../server/Routes.ts"
import * as SecurityHeaders from "../server/SecurityHeaders.ts"
import { within } from "../server/Within.ts"
import * as AppLayers from "./AppLayers.ts"
import * as Observability from "./Observability.ts"
import { readinessLayer } from "./ReadinessChecks.ts"

// Closing the pool waits for a statement that a silent database will never end: then the process goes without it.
const leaveAfter = (grace: Duration.Duration) =>
  Effect.sync(() => void setTimeout(() => process.exit(0), Duration.toMillis(grace) + 1_000).unref())

const isDeployed = ({ ENVIRONMENT }: Config.Config) => ENVIRONMENT !== "development"

/** What is not a request's to look up: it was handed over when the routes were built. */
const servicesLayer = (settings: Config.Config) =>
  Layer.mergeAll(
    ...[TaskRepo.layer, TrashRepo.layer, ProjectRepo.layer, TagRepo.layer, IdempotencyRepo.layer, AccountRepo.layer],
    readinessLayer(settings)
  ).pipe(
    Layer.provideMerge(AppLayers.authLayer(settings)),
    Layer.provideMerge([
      AppLayers.rateLimitersLayer(settings),
      Observability.meteredLayer(settings),
      Layer.succeed(SecurityHeaders.TransportSecurity, isDeployed(settings)),
      Layer.succeed(AllowedOrigins, AppLayers.allowedOrigins(settings)),
      Layer.succeed(TrustedProxies, settings.TRUSTED_PROXIES ?? [])
    ])
  )

// What the command has at hand, and no request looks for.
const lighter = Context.omit(
  ...[GlobalFlag.LogLevel, Stdio.Stdio, Terminal.Terminal, ChildProcessSpawner.ChildProcessSpawner],
  ...[SqlClient.SqlClient, Database, DatabasePools]
)

/** Listens, says so, and when it is told to stop drains before the routes go. */
const serverLayer = <E, R>(
  settings: Config.Config,
  routes: Layer.Layer<never, E, R>,
  onReady: (url: string) => Effect.Effect<void>
) => {
  const server = Server.make(settings, SecurityHeaders.common(isDeployed(settings)))
  const announced = Layer.effectDiscard(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      yield* onReady(HttpServer.formatAddress(address))
      yield* Effect.addFinalizer(() =>
        Effect.logInfo("stopping").pipe(
          Effect.andThen(leaveAfter(settings.SHUTDOWN_TIMEOUT)),
          Effect.andThen(server.drain)
        )
      )
    })
  )
  return announced.pipe(
    Layer.provide(HttpRouter.serve(routes, { routerConfig, disableLogger: true, disableListenLog: true })),
    Layer.provide(server.layer)
  )
}

/** The whole service, on a database that somebody has migrated. */
export const runServer = (settings: Config.Config, onReady: (url: string) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const services = Layer.succeedContext(yield* Layer.build(servicesLayer(settings)))
    const server = serverLayer(settings, Layer.provide(Routes, services), onReady)
    return yield* Layer.launch(
      Layer.mergeAll(within(lighter, server), Layer.provide(RetentionJobs.layer, services), Metrics.poolsLayer)
    )
  }).pipe(Effect.provide(Observability.untracedLayer), Effect.scoped)
