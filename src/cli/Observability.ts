import { Layer } from "effect"
import type * as Config from "../config/Config.ts"
import * as AdminServer from "../observability/AdminServer.ts"
import * as Logging from "../observability/Logging.ts"
import * as Metrics from "../observability/Metrics.ts"
import * as Telemetry from "../observability/Telemetry.ts"
import { Metered } from "../server/pipeline/RequestMetrics.ts"

/** Someone looks at the metrics: Prometheus or a collector. */
const isMetered = ({ ADMIN_PORT, OTEL_EXPORTER_OTLP_ENDPOINT }: Config.Config) =>
  ADMIN_PORT !== undefined || OTEL_EXPORTER_OTLP_ENDPOINT !== undefined

/** What is seen of the service. It is there first and goes last, so that nothing happens unseen. */
export const layer = (settings: Config.Config) =>
  Layer.merge(AdminServer.layer(settings), isMetered(settings) ? Metrics.layer : Layer.empty).pipe(
    Layer.provideMerge(Telemetry.layer(settings)),
    Layer.provideMerge(Logging.layer(settings))
  )

/** Whether requests are counted. */
export const meteredLayer = (settings: Config.Config) => Layer.succeed(Metered, isMetered(settings))
