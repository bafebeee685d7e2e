import { Duration, Effect, Layer } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { TrustedProxies } from "../http/ClientAddress.ts"
import { AllowedOrigins } from "../http/Cors.ts"
import { routerConfig } from "../http/Edge.ts"
import { Routes } from "../http/Routes.ts"
import * as SecurityHeaders from "../http/SecurityHeaders.ts"
import * as Server from "../platform/HttpServer.ts"
import * as Metrics from "../platform/Metrics.ts"
import type * as Settings from "../platform/Settings.ts"
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
export const service = (settings: Settings.Settings, onReady: (url: string) => Effect.Effect<void>) =>
  Layer.launch(
    Layer.mergeAll(serverLayer(settings, onReady), Housekeeping.layer, Metrics.poolsLayer).pipe(
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
        Watching.requestsLayer(settings),
        Choices.wallLayer(settings),
        Layer.succeed(SecurityHeaders.TransportSecurity, isDeployed(settings)),
        Layer.succeed(AllowedOrigins, Choices.allowedOrigins(settings)),
        Layer.succeed(TrustedProxies, settings.TRUSTED_PROXIES ?? [])
      ])
    )
  )
