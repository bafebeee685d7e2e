import { monitorEventLoopDelay } from "node:perf_hooks"
import { Context, Effect, Layer, Metric } from "effect"
import { version } from "../api/Api.ts"
import { workerRestarts } from "../config/Config.ts"
import { DatabasePools, poolNames } from "../database/PoolStats.ts"

type Labels = Readonly<Record<string, string>>

const ignore = () => {}

/** A metric that is read when metrics are collected, until the scope ends. */
const register = <State>(metric: Metric.Metric<never, State>, read: () => State) =>
  Effect.acquireRelease(
    Effect.sync(() => Metric.registerUnsafe(metric, Context.empty(), { get: read, update: ignore, modify: ignore })),
    (registration) => Effect.sync(() => registration.remove())
  )

export const gauge = (name: string, description: string, read: () => number, attributes: Labels = {}) =>
  register(Metric.gauge(name, { description, attributes }), () => ({ value: read() }))

const counter = (name: string, description: string, read: () => number) =>
  register(Metric.counter(name, { description, incremental: true }), () => ({ count: read(), incremental: true }))

const resolution = 10

/** Event-loop lag in seconds since the last collection. */
const eventLoopLag = () => {
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  // The histogram holds the intervals between two ticks; the resolution itself is not lag.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1e3)
  const sample = () => ({
    p50: seconds(delays.percentile(50)),
    p99: seconds(delays.percentile(99)),
    max: seconds(delays.max)
  })
  let last = { at: 0, ...sample() }
  return {
    read: (which: "p50" | "p99" | "max") => {
      // The three gauges of one collection are read one after another and use the same sample.
      if (performance.now() - last.at > 1000) {
        last = { at: performance.now(), ...sample() }
        delays.reset()
      }
      return last[which]
    },
    stop: () => delays.disable()
  }
}

export const poolsLayer = Layer.effectDiscard(
  Effect.flatMap(DatabasePools, (pools) =>
    Effect.all(
      poolNames.flatMap((pool) => [
        gauge("db_pool_connections_in_use", "Connections in use", () => pools[pool].inUse, { pool }),
        gauge("db_pool_waiting", "Statements that wait for a connection", () => pools[pool].waiting, { pool })
      ])
    )
  )
)

export const eventStreamsLayer = (statistics: Readonly<Record<"streams" | "published" | "received" | "lag", number>>) =>
  Layer.effectDiscard(
    Effect.all([
      gauge("event_streams_open", "Open event streams", () => statistics.streams),
      gauge(
        "change_announcement_lag_seconds",
        "Time from the last change until streams received it",
        () => statistics.lag
      ),
      counter(
        "change_announcements_sent_total",
        "Users in announcements to other processes",
        () => statistics.published
      ),
      counter("change_announcements_received_total", "Users in announcements received", () => statistics.received)
    ])
  )

/** Metrics of the process, under the names of prom-client, which public dashboards for Node.js use. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const lag = eventLoopLag()
    const restarts = workerRestarts()
    const started = Date.now() / 1000 - process.uptime()
    yield* Effect.all([
      gauge("tasks_build_info", "Version of the service and of Node.js", () => 1, { version, node: process.version }),
      counter("worker_restarts_total", "Replacements of this worker process", () => restarts),
      gauge("process_start_time_seconds", "Start time in seconds since the epoch", () => started),
      counter("process_cpu_user_seconds_total", "User CPU time", () => process.cpuUsage().user / 1e6),
      counter("process_cpu_system_seconds_total", "System CPU time", () => process.cpuUsage().system / 1e6),
      gauge("process_resident_memory_bytes", "Resident memory", () => process.memoryUsage.rss()),
      gauge("nodejs_heap_size_used_bytes", "Used heap", () => process.memoryUsage().heapUsed),
      gauge("nodejs_heap_size_total_bytes", "Total heap", () => process.memoryUsage().heapTotal),
      gauge("nodejs_eventloop_lag_p50_seconds", "Median event-loop lag", () => lag.read("p50")),
      gauge("nodejs_eventloop_lag_p99_seconds", "99th percentile of event-loop lag", () => lag.read("p99")),
      gauge("nodejs_eventloop_lag_max_seconds", "Maximum event-loop lag", () => lag.read("max"))
    ])
    yield* Effect.addFinalizer(() => Effect.sync(lag.stop))
  })
)
