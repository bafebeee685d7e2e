import { Layer } from "effect"
import { HttpMiddleware } from "effect/http"
import { Metered } from "../http/RequestMetrics.ts"
import * as AdminServer from "../platform/AdminServer.ts"
import * as Logging from "../platform/Logging.ts"
import * as Metrics from "../platform/Metrics.ts"
import type * as Settings from "../platform/Settings.ts"
import * as Telemetry from "../platform/Telemetry.ts"

/** Someone looks at the metrics: Prometheus or a collector. */
const isMetered = ({ ADMIN_PORT, OTEL_EXPORTER_OTLP_ENDPOINT }: Settings.Settings) =>
  ADMIN_PORT !== undefined || OTEL_EXPORTER_OTLP_ENDPOINT !== undefined

/** What is seen of the service. It is there first and goes last, so that nothing happens unseen. */
export const layer = (settings: Settings.Settings) =>
  Layer.merge(AdminServer.layer(settings), isMetered(settings) ? Metrics.layer : Layer.empty).pipe(
    Layer.provideMerge(Telemetry.layer(settings)),
    Layer.provideMerge(Logging.layer(settings))
  )

/** Whether requests are counted. */
export const meteredLayer = (settings: Settings.Settings) => Layer.succeed(Metered, isMetered(settings))

/** The edge makes the span of a request itself: the library's would tell the query. */
export const untracedLayer = Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true)
