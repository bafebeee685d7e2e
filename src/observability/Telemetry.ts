import { Cause, ConfigProvider, Effect, Exit, Layer, Logger, Redacted, References, Tracer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError } from "effect/http"
import { OtlpExporter, OtlpLogger, OtlpMetrics, OtlpSerialization, OtlpTracer } from "effect/observability"
import { version } from "../api/Api.ts"
import type { Config } from "../config/Config.ts"
import { formatCause, redactCause } from "./ErrorRedaction.ts"

// A batch is up to a thousand spans, about a megabyte. More than this at once means that they come faster
// than they are taken: what comes then is dropped, so that a slow collector costs neither time nor memory.
const maxBatches = 16

/** Waits a second for each batch to be taken, and says once when they are not. */
const clientLayer = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    let batches = 0
    let isAway = false
    const lost = (why: string) => {
      if (isAway) return Effect.void
      isAway = true
      return Effect.logWarning(`the collector takes no traces, metrics and logs, they are dropped: ${why}`)
    }
    const taken = Effect.suspend(() => {
      if (!isAway) return Effect.void
      isAway = false
      return Effect.logInfo("the collector takes traces, metrics and logs again")
    })
    return HttpClient.transform(yield* HttpClient.HttpClient, (sending, request) =>
      Effect.suspend(() => {
        if (batches >= maxBatches) return Effect.andThen(lost("too slow"), Effect.die("The collector is too slow"))
        batches++
        return sending.pipe(
          Effect.timeoutOrElse({
            duration: "1 second",
            orElse: () => {
              const reason = new HttpClientError.TransportError({ request, description: "no answer within a second" })
              return Effect.fail(new HttpClientError.HttpClientError({ reason }))
            }
          }),
          Effect.tap(({ status }) => (status < 300 ? taken : lost(`it answers ${status}`))),
          Effect.tapCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.void : lost(formatCause(cause)))),
          Effect.ensuring(Effect.sync(() => batches--))
        )
      })
    )
  })
).pipe(Layer.provide(FetchHttpClient.layer))

/** Spans of which no failure repeats a value: the library exports messages and stacks as they are. */
const tracerWithoutValues = (tracer: Tracer.Tracer) =>
  Tracer.make({
    span: (options) => {
      const span = tracer.span(options)
      const end = span.end.bind(span)
      span.end = (time, exit) => end(time, Exit.isFailure(exit) ? Exit.failCause(redactCause(exit.cause)) : exit)
      return span
    }
  })

const loggerWithoutValues = (logger: Logger.Logger<unknown, void>) =>
  Logger.make<unknown, void>((options) => logger.log({ ...options, cause: redactCause(options.cause) }))

/** Everything that there is to see goes to the collector too. At the end what is left gets half a second to leave. */
const otlpLayer = (settings: Config, endpoint: URL) => {
  const optionsFor = (signal: string) => ({
    url: new URL(`${endpoint.href.replace(/\/$/, "")}/v1/${signal}`).href,
    resource: { serviceName: settings.OTEL_SERVICE_NAME, serviceVersion: version },
    headers: settings.OTEL_EXPORTER_OTLP_HEADERS && Redacted.value(settings.OTEL_EXPORTER_OTLP_HEADERS),
    shutdownTimeout: "500 millis" as const
  })
  return Layer.mergeAll(
    Layer.effect(Tracer.Tracer, Effect.map(OtlpTracer.make(optionsFor("traces")), tracerWithoutValues)),
    Layer.effectDiscard(OtlpMetrics.make(optionsFor("metrics"))),
    Logger.layer([Effect.map(OtlpLogger.make(optionsFor("logs")), loggerWithoutValues)], { mergeWithExisting: true })
  ).pipe(
    Layer.provide([
      OtlpExporter.layerFlusher,
      OtlpSerialization.layerJson,
      clientLayer,
      // The library reads variables by itself; ours are read in one place.
      ConfigProvider.layer(ConfigProvider.fromUnknown({}))
    ])
  )
}

/** Without a collector no span is made at all. */
export const layer = (settings: Config) =>
  settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
    ? Layer.succeed(References.TracerEnabled, false)
    : otlpLayer(settings, settings.OTEL_EXPORTER_OTLP_ENDPOINT)
