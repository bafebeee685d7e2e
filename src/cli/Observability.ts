import { Layer } from "effect"
import type { Config } from "../config/Config.ts"
import { AdminServer } from "../observability/AdminServer.ts"
import * as Logging from "../observability/Logging.ts"
import * as Metrics from "../observability/Metrics.ts"
import * as Telemetry from "../observability/Telemetry.ts"
import { Metered } from "../server/pipeline/RequestMetrics.ts"

const isMetered = ({ ADMIN_PORT, OTEL_EXPORTER_OTLP_ENDPOINT }: Config) =>
  ADMIN_PORT !== undefined || OTEL_EXPORTER_OTLP_ENDPOINT !== undefined

/** Logs, traces, metrics and the admin port. Provided outermost, so that start and shutdown are observed too. */
export const layer = (config: Config, worker: number | undefined) =>
  Layer.merge(AdminServer.layer(config), isMetered(config) ? Metrics.layer : Layer.empty).pipe(
    Layer.provideMerge(Telemetry.layer(config, worker)),
    Layer.provideMerge(Logging.layer(config))
  )

export const meteredLayer = (config: Config) => Layer.succeed(Metered, isMetered(config))
