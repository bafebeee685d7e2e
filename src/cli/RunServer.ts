import { Duration, Effect, Layer } from "effect"
import type * as Config from "../config/Config.ts"
import * as RetentionJobs from "../jobs/RetentionJobs.ts"
import * as Metrics from "../observability/Metrics.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import { IdempotencyRepo } from "../repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../repositories/ProjectRepo.ts"
import { QueryTimeout } from "../repositories/QueryRunner.ts"
import { TagRepo } from "../repositories/TagRepo.ts"
import { TaskRepo } from "../repositories/TaskRepo.ts"
import { TrashRepo } from "../repositories/TrashRepo.ts"
import { serve } from "../server/HttpServer.ts"
import { makeListener } from "../server/Listener.ts"
import { TrustedProxies } from "../server/pipeline/ClientAddress.ts"
import { AllowedOrigins } from "../server/pipeline/Cors.ts"
import { securityHeaders, TransportSecurity } from "../server/pipeline/SecurityHeaders.ts"
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
      Layer.succeed(TransportSecurity, isDeployed(settings)),
      Layer.succeed(AllowedOrigins, AppLayers.allowedOrigins(settings)),
      Layer.succeed(TrustedProxies, settings.TRUSTED_PROXIES ?? [])
    ])
  )

/** Runs the service on a migrated database until it is interrupted. */
export const runServer = (settings: Config.Config, onReady: (url: string) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const services = yield* Layer.build(servicesLayer(settings))
    const listener = yield* Effect.provide(makeListener, services)
    yield* Layer.build(
      Layer.merge(Layer.provide(RetentionJobs.layer, Layer.succeedContext(services)), Metrics.poolsLayer)
    )
    const url = yield* serve(listener, {
      host: settings.HOST,
      port: settings.PORT,
      shutdownTimeout: settings.SHUTDOWN_TIMEOUT,
      commonHeaders: securityHeaders(isDeployed(settings))
    })
    yield* Effect.addFinalizer(() => Effect.andThen(Effect.logInfo("stopping"), leaveAfter(settings.SHUTDOWN_TIMEOUT)))
    yield* onReady(url)
    return yield* Effect.never
  }).pipe(
    Effect.provide([
      Layer.succeed(QueryTimeout, settings.DATABASE_QUERY_TIMEOUT),
      AppLayers.rowLevelSecurityLayer(settings)
    ]),
    Effect.scoped
  )
