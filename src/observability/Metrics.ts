import { monitorEventLoopDelay } from "node:perf_hooks"
import { Context, Effect, Layer, Metric } from "effect"
import { version } from "../api/Api.ts"
import { DatabasePools, poolNames } from "../database/PoolStats.ts"

type Labels = Readonly<Record<string, string>>

const nothing = () => {}

/** A number that is kept elsewhere anyway: it is read when someone asks, and costs nothing until then. */
export const gauge = (name: string, description: string, read: () => number, attributes: Labels = {}) =>
  Metric.registerUnsafe(Metric.gauge(name, { description, attributes }), Context.empty(), {
    get: () => ({ value: read() }),
    update: nothing,
    modify: nothing
  })

const counter = (name: string, description: string, read: () => number) =>
  Metric.registerUnsafe(Metric.counter(name, { description, incremental: true }), Context.empty(), {
    get: () => ({ count: read(), incremental: true }),
    update: nothing,
    modify: nothing
  })

const resolution = 10

/** How much later than it should a timer comes, in seconds, since it was last asked. */
const eventLoopLag = () => {
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  // The histogram holds the pauses between two ticks, of which the resolution is no lag.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1e3)
  const look = () => ({
    p50: seconds(delays.percentile(50)),
    p99: seconds(delays.percentile(99)),
    max: seconds(delays.max)
  })
  let seen = { at: 0, ...look() }
  return {
    read: (which: "p50" | "p99" | "max") => {
      // The three are asked for one after another, and speak of the same time.
      if (performance.now() - seen.at > 1000) {
        seen = { at: performance.now(), ...look() }
        delays.reset()
      }
      return seen[which]
    },
    stop: () => delays.disable()
  }
}

type Registration = ReturnType<typeof gauge>

const removeAtEnd = (registrations: ReadonlyArray<Registration>) =>
  Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const registration of registrations) registration.remove()
    })
  )

/** How busy the ways to the database are. */
export const poolsLayer = Layer.effectDiscard(
  Effect.flatMap(DatabasePools, (pools) =>
    removeAtEnd(
      poolNames.flatMap((pool) => [
        gauge("db_pool_connections_in_use", "Statements and transactions at work", () => pools[pool].inUse, { pool }),
        gauge("db_pool_waiting", "Statements that wait for a connection", () => pools[pool].waiting, { pool })
      ])
    )
  )
)

/** What the process itself is, under the names that Node's dashboards know. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const lag = eventLoopLag()
    const started = Date.now() / 1000 - process.uptime()
    yield* removeAtEnd([
      gauge("tasks_build_info", "What runs here", () => 1, { version, node: process.version }),
      gauge("process_start_time_seconds", "When the process started, in Unix time", () => started),
      counter("process_cpu_user_seconds_total", "Time of the CPU for the process", () => process.cpuUsage().user / 1e6),
      counter("process_cpu_system_seconds_total", "The same for the system", () => process.cpuUsage().system / 1e6),
      gauge("process_resident_memory_bytes", "Memory that the process holds", () => process.memoryUsage.rss()),
      gauge("nodejs_heap_size_used_bytes", "Heap in use", () => process.memoryUsage().heapUsed),
      gauge("nodejs_heap_size_total_bytes", "Heap that is reserved", () => process.memoryUsage().heapTotal),
      gauge("nodejs_eventloop_lag_p50_seconds", "Lag of the event loop: median", () => lag.read("p50")),
      gauge("nodejs_eventloop_lag_p99_seconds", "Lag of the event loop: 99th percentile", () => lag.read("p99")),
      gauge("nodejs_eventloop_lag_max_seconds", "Lag of the event loop: longest", () => lag.read("max"))
    ])
    yield* Effect.addFinalizer(() => Effect.sync(lag.stop))
  })
)
