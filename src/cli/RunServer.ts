import { Context, Duration, Effect, Layer, Schedule } from "effect"
import { type Config, isDeployed } from "../config/Config.ts"
import { ChangeHub } from "../events/ChangeHub.ts"
import * as RetentionJobs from "../jobs/RetentionJobs.ts"
import { AdminServer } from "../observability/AdminServer.ts"
import * as Metrics from "../observability/Metrics.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import { ChangesRepo } from "../repositories/ChangesRepo.ts"
import { IdempotencyRepo } from "../repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../repositories/ProjectRepo.ts"
import { TagRepo } from "../repositories/TagRepo.ts"
import { TaskRepo } from "../repositories/TaskRepo.ts"
import { TicketRepo } from "../repositories/TicketRepo.ts"
import { TrashRepo } from "../repositories/TrashRepo.ts"
import { serve } from "../server/HttpServer.ts"
import { makeListener } from "../server/Listener.ts"
import { proxyFinder, TrustedProxies } from "../server/pipeline/ClientAddress.ts"
import { AllowedOrigins } from "../server/pipeline/Cors.ts"
import { HandlerTimeout } from "../server/pipeline/Pipeline.ts"
import { ClientAddressInLog } from "../server/pipeline/RequestTelemetry.ts"
import { TransportSecurity } from "../server/pipeline/SecurityHeaders.ts"
import { Readiness } from "../server/Readiness.ts"
import * as AppLayers from "./AppLayers.ts"
import { readinessLayer } from "./ReadinessChecks.ts"

type ServerEvents = Readonly<Record<"onListening" | "onReady", (url: string) => Effect.Effect<void>>>

// Closing a pool waits for its statements, and a frozen database never ends them.
const exitAfter = (timeout: Duration.Duration) =>
  Effect.sync(
    () => void setTimeout(() => process.exit(process.exitCode ?? 0), Duration.toMillis(timeout) + 1_000).unref()
  )

/** The services that the handlers capture when they are built. */
const servicesLayer = (config: Config) =>
  Layer.mergeAll(
    ...[TaskRepo.layer, TrashRepo.layer, ProjectRepo.layer, TagRepo.layer],
    ...[ChangesRepo.layer, TicketRepo.layer, IdempotencyRepo.layer, AccountRepo.layer],
    AppLayers.changeHubLayer(config).pipe(Layer.provide(ChangesRepo.layer)),
    readinessLayer(config).pipe(Layer.provide(AppLayers.healthSqlClientLayer(config)))
  ).pipe(
    Layer.provideMerge(AppLayers.authLayer(config)),
    Layer.provideMerge([
      AppLayers.rateLimitersLayer(config),
      AppLayers.quotasLayer(config),
      AppLayers.meteredLayer(config),
      Layer.succeed(TransportSecurity, isDeployed(config)),
      Layer.succeed(AllowedOrigins, AppLayers.allowedOrigins(config)),
      Layer.succeed(ClientAddressInLog, config.LOG_CLIENT_ADDRESS),
      Layer.succeed(TrustedProxies, config.TRUSTED_PROXIES ?? []),
      // The limit of a single statement applies first.
      Layer.succeed(HandlerTimeout, Duration.sum(config.DATABASE_QUERY_TIMEOUT, Duration.millis(250)))
    ])
  )

const awaitReady = (readiness: Readiness["Service"]) =>
  readiness.checks.pipe(
    Effect.repeat({
      until: (checks) => Object.values(checks).every(({ status }) => status === "ok"),
      schedule: Schedule.spaced("1 second")
    })
  )

const onCutOff = (requests: number) =>
  Effect.suspend(() => {
    process.exitCode = 1
    return Effect.logError(`cut off ${requests} requests after SHUTDOWN_TIMEOUT`)
  })

/** Serves the API on a migrated database until it is interrupted. */
export const runServer = (config: Config, { onListening, onReady }: ServerEvents) =>
  Effect.gen(function* () {
    const services = yield* Layer.build(servicesLayer(config))
    const readiness = Context.get(services, Readiness)
    const hub = Context.get(services, ChangeHub)
    const listener = yield* Effect.provide(makeListener, services)
    yield* Layer.build(Layer.mergeAll(Metrics.poolsLayer, Metrics.eventStreamsLayer(hub.statistics)))
    // Before the first run of the checks, every request would receive 503.
    yield* readiness.checks
    const url = yield* serve(listener, {
      host: config.HOST,
      port: config.PORT,
      shutdownTimeout: config.SHUTDOWN_TIMEOUT,
      connections: {
        total: config.CONNECTIONS_MAX,
        perAddress: config.CONNECTIONS_MAX_ADDRESS,
        isProxy: proxyFinder(config.TRUSTED_PROXIES ?? [])
      },
      onCutOff
    })
    yield* (yield* AdminServer).useChecks(readiness.checks)
    yield* Effect.addFinalizer(() =>
      Effect.logInfo("stopping").pipe(
        Effect.andThen(readiness.beginShutdown),
        Effect.andThen(Effect.sleep(config.SHUTDOWN_DELAY)),
        Effect.andThen(hub.close),
        Effect.andThen(exitAfter(config.SHUTDOWN_TIMEOUT))
      )
    )
    yield* onListening(url)
    yield* awaitReady(readiness)
    yield* onReady(url)
    yield* Effect.provide(Layer.build(RetentionJobs.layer), services)
    // Without probes, too, the service must notice a changed schema: it would return wrong results.
    return yield* Effect.repeat(readiness.checks, Schedule.spaced("5 seconds"))
  }).pipe(Effect.scoped)
