import { Context, Duration, Effect, Layer, Stdio, Terminal } from "effect"
import { GlobalFlag } from "effect/cli"
import { HttpRouter, HttpServer } from "effect/http"
import { ChildProcessSpawner } from "effect/process"
import { SqlClient } from "effect/sql"
import { TrustedProxies } from "../http/ClientAddress.ts"
import { AllowedOrigins } from "../http/Cors.ts"
import { routerConfig } from "../http/Edge.ts"
import { Routes } from "../http/Routes.ts"
import * as SecurityHeaders from "../http/SecurityHeaders.ts"
import { within } from "../http/Within.ts"
import * as Server from "../platform/HttpServer.ts"
import * as Metrics from "../platform/Metrics.ts"
import type * as Settings from "../platform/Settings.ts"
import * as SqlLanes from "../platform/SqlLanes.ts"
import { AccountRepo } from "../repo/AccountRepo.ts"
import { AnswerRepo } from "../repo/AnswerRepo.ts"
import { Patience } from "../repo/Database.ts"
import { ProjectRepo } from "../repo/ProjectRepo.ts"
import { TagRepo } from "../repo/TagRepo.ts"
import { TaskRepo } from "../repo/TaskRepo.ts"
import { TrashRepo } from "../repo/TrashRepo.ts"
import * as Choices from "./Choices.ts"
import * as Housekeeping from "./Housekeeping.ts"
import { readinessLayer } from "./Probes.ts"
import * as Watching from "./Watching.ts"

// Closing the pool waits for a statement that a silent database will never end: then the process goes without it.
const leaveAfter = (grace: Duration.Duration) =>
  Effect.sync(() => void setTimeout(() => process.exit(0), Duration.toMillis(grace) + 1_000).unref())

const isDeployed = ({ ENVIRONMENT }: Settings.Settings) => ENVIRONMENT !== "development"

/** What is not a request's to look up: it was handed over when the routes were built. */
const servicesLayer = (settings: Settings.Settings) =>
  Layer.mergeAll(
    ...[TaskRepo.layer, TrashRepo.layer, ProjectRepo.layer, TagRepo.layer, AnswerRepo.layer, AccountRepo.layer],
    readinessLayer(settings)
  ).pipe(
    Layer.provideMerge(Choices.authLayer(settings)),
    Layer.provideMerge([
      Choices.rateLimitsLayer(settings),
      Watching.meteredLayer(settings),
      Layer.succeed(SecurityHeaders.TransportSecurity, isDeployed(settings)),
      Layer.succeed(AllowedOrigins, Choices.allowedOrigins(settings)),
      Layer.succeed(TrustedProxies, settings.TRUSTED_PROXIES ?? [])
    ])
  )

// What the command has at hand, and no request looks for.
const lighter = Context.omit(
  ...[GlobalFlag.LogLevel, Stdio.Stdio, Terminal.Terminal, ChildProcessSpawner.ChildProcessSpawner],
  ...[SqlClient.SqlClient, SqlLanes.Gates]
)

/** Listens, says so, and when it is told to stop drains before the routes go. */
const serverLayer = <E, R>(
  settings: Settings.Settings,
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
          Effect.andThen(leaveAfter(settings.SHUTDOWN_GRACE)),
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
export const service = (settings: Settings.Settings, onReady: (url: string) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const services = Layer.succeedContext(yield* Layer.build(servicesLayer(settings)))
    const server = serverLayer(settings, Layer.provide(Routes, services), onReady)
    return yield* Layer.launch(
      Layer.mergeAll(within(lighter, server), Layer.provide(Housekeeping.layer, services), Metrics.poolsLayer)
    )
  }).pipe(
    Effect.provide([
      Layer.succeed(Patience, settings.DATABASE_TIMEOUT),
      Watching.untracedLayer,
      Choices.wallLayer(settings)
    ]),
    Effect.scoped
  )
