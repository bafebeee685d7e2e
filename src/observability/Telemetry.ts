import { hostname } from "node:os"
import { Cause, ConfigProvider, Effect, Exit, Layer, Logger, Redacted, References, Tracer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError } from "effect/http"
import { OtlpExporter, OtlpLogger, OtlpMetrics, OtlpSerialization, OtlpTracer } from "effect/observability"
import { version } from "../api/Api.ts"
import type { Config } from "../config/Config.ts"
import { formatCause, redactCause } from "./ErrorRedaction.ts"

// A batch has up to a thousand spans, about a megabyte. Further batches are dropped, so that a slow collector
// does not fill the memory.
const maxBatches = 16

/** Sends each batch with a timeout of one second. Logs the start and the end of an outage once. */
const clientLayer = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    let batches = 0
    let isFailing = false
    const onFailure = (reason: string) => {
      if (isFailing) return Effect.void
      isFailing = true
      return Effect.logWarning(`telemetry is dropped, the collector is unavailable: ${reason}`)
    }
    const onSuccess = Effect.suspend(() => {
      if (!isFailing) return Effect.void
      isFailing = false
      return Effect.logInfo("the collector accepts telemetry again")
    })
    return HttpClient.transform(yield* HttpClient.HttpClient, (sending, request) =>
      Effect.suspend(() => {
        if (batches >= maxBatches) return Effect.andThen(onFailure("too slow"), Effect.die("the collector is too slow"))
        batches++
        return sending.pipe(
          Effect.timeoutOrElse({
            duration: "1 second",
            orElse: () => {
              const reason = new HttpClientError.TransportError({ request, description: "no response within a second" })
              return Effect.fail(new HttpClientError.HttpClientError({ reason }))
            }
          }),
          Effect.tap(({ status }) => (status < 300 ? onSuccess : onFailure(`it responded with ${status}`))),
          Effect.tapCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.void : onFailure(formatCause(cause)))),
          Effect.ensuring(Effect.sync(() => batches--))
        )
      })
    )
  })
).pipe(Layer.provide(FetchHttpClient.layer))

/** The library exports messages and stacks of failures unchanged, and they can contain values of rows. */
const redactingTracer = (tracer: Tracer.Tracer) =>
  Tracer.make({
    span: (options) => {
      const span = tracer.span(options)
      const end = span.end.bind(span)
      span.end = (time, exit) => end(time, Exit.isFailure(exit) ? Exit.failCause(redactCause(exit.cause)) : exit)
      return span
    }
  })

const redactingLogger = (logger: Logger.Logger<unknown, void>) =>
  Logger.make<unknown, void>((options) => logger.log({ ...options, cause: redactCause(options.cause) }))

/** Identifies this process; `service.instance.id` and others can be overridden by OTEL_RESOURCE_ATTRIBUTES. */
export const resourceAttributes = (
  config: Config,
  worker: number | undefined
): Readonly<Record<string, string | number>> => ({
  "service.instance.id": `${hostname()}:${process.pid}`,
  "deployment.environment.name": config.ENVIRONMENT,
  ...(worker !== undefined && { "tasks.worker": worker }),
  ...config.OTEL_RESOURCE_ATTRIBUTES
})

/** Exports traces, metrics and logs. On shutdown the last batch has half a second. */
const otlpLayer = (config: Config, worker: number | undefined, endpoint: URL) => {
  const optionsFor = (signal: string) => ({
    url: new URL(`${endpoint.href.replace(/\/$/, "")}/v1/${signal}`).href,
    resource: {
      serviceName: config.OTEL_SERVICE_NAME,
      serviceVersion: version,
      attributes: resourceAttributes(config, worker)
    },
    headers: config.OTEL_EXPORTER_OTLP_HEADERS && Redacted.value(config.OTEL_EXPORTER_OTLP_HEADERS),
    shutdownTimeout: "500 millis" as const
  })
  return Layer.mergeAll(
    Layer.effect(Tracer.Tracer, Effect.map(OtlpTracer.make(optionsFor("traces")), redactingTracer)),
    Layer.effectDiscard(OtlpMetrics.make(optionsFor("metrics"))),
    Logger.layer([Effect.map(OtlpLogger.make(optionsFor("logs")), redactingLogger)], { mergeWithExisting: true })
  ).pipe(
    Layer.provide([
      OtlpExporter.layerFlusher,
      OtlpSerialization.layerJson,
      clientLayer,
      // The library would read OTEL_ variables itself; all variables are read in src/config.
      ConfigProvider.layer(ConfigProvider.fromUnknown({}))
    ])
  )
}

/** Without a collector no spans are created. */
export const layer = (config: Config, worker: number | undefined) =>
  config.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
    ? Layer.succeed(References.TracerEnabled, false)
    : otlpLayer(config, worker, config.OTEL_EXPORTER_OTLP_ENDPOINT)
