import cluster from "node:cluster"
import { Data, Deferred, Duration, Effect, Runtime } from "effect"
import * as Config from "../config/Config.ts"

// The workers share one port: node:cluster gives each new connection to the next worker, on every platform.
// With `reusePort` the kernel keeps a queue per worker, and a worker that ends loses the connections in its queue.

const stop = "stop"

interface Report {
  readonly event: "listening" | "ready"
  readonly url: string
}

const report = (event: Report["event"]) => (url: string) =>
  Effect.andThen(
    Effect.logInfo(event),
    Effect.sync(() => void process.send?.({ event, url }))
  )

/** A worker's events for the supervisor. */
export const reportToSupervisor = { onListening: report("listening"), onReady: report("ready") }

/** Runs until the supervisor sends `stop`. node:cluster ends a worker whose supervisor has ended. */
export const runAsWorker = <A, E, R>(service: Effect.Effect<A, E, R>) =>
  Effect.callback<void>((resume) => {
    const onMessage = (message: unknown) => {
      if (message === stop) resume(Effect.void)
    }
    process.on("message", onMessage)
    return Effect.sync(() => process.off("message", onMessage))
  }).pipe(
    Effect.raceFirst(service),
    // The open channel would keep the process alive.
    Effect.andThen(Effect.sync(() => process.disconnect()))
  )

interface Ended {
  /** Null if a signal ended the process. */
  readonly code: number | null
  readonly signal: string | null
}

/** The first worker ended before it was listening, and so would the others. It has reported an error of its own. */
export class WorkerFailed extends Data.TaggedError("WorkerFailed")<Ended> {
  override readonly [Runtime.errorReported] = this.code === null || this.code === 0
  override get message() {
    return `the first worker ended with ${this.signal ?? this.code} before it was listening`
  }
}

/**
 * Runs one worker until it ends. On interruption it sends a message instead of a signal: a process manager may
 * signal the whole process group, and a second signal ends a worker at once.
 */
const run = (index: number, restarts: number, timeout: Duration.Duration, onReport: (report: Report) => void) =>
  Effect.callback<Ended>((resume) => {
    const worker = cluster.fork({
      [Config.workerVariable]: String(index),
      [Config.workerRestartsVariable]: String(restarts),
      MIGRATE_ON_START: "false"
    })
    const ended = new Promise<Ended>((resolve) => {
      worker.once("exit", (code: number | null, signal: string | null) => resolve({ code, signal }))
    })
    worker.on("message", onReport)
    ended.then((how) => resume(Effect.succeed(how)))
    return Effect.promise(async () => {
      const overdue = setTimeout(() => worker.process.kill("SIGKILL"), Duration.toMillis(timeout))
      if (worker.isConnected()) worker.send(stop, () => {})
      const { code } = await ended
      // A worker exits with an error if it had to cut off requests.
      if (code !== 0) process.exitCode = 1
      clearTimeout(overdue)
    })
  })

/** A worker that served for this long is replaced at once, in milliseconds. */
const stableAfter = 10_000

/**
 * Keeps the configured number of workers running. The first one starts alone, so that an error of the configuration,
 * the port or the database is reported once. A worker that ends is replaced, with growing pauses if it ended early.
 */
export const supervise = Effect.fnUntraced(function* (
  { SHUTDOWN_DELAY, SHUTDOWN_TIMEOUT, WEB_CONCURRENCY }: Config.Config,
  onReady: (url: string) => Effect.Effect<void>
) {
  const timeout = Duration.sum(Duration.sum(SHUTDOWN_DELAY, SHUTDOWN_TIMEOUT), Duration.seconds(2))
  const makeWorker = (index: number) => ({
    index,
    listening: Deferred.makeUnsafe<string>(),
    ready: Deferred.makeUnsafe<string>()
  })

  const keepRunning = Effect.fnUntraced(function* ({ index, listening, ready }: ReturnType<typeof makeWorker>) {
    let earlyEnds = 0
    for (let restarts = 0; ; restarts++) {
      let since = Number.POSITIVE_INFINITY
      const ended = yield* run(index, restarts, timeout, ({ event, url }) => {
        if (event === "listening") since = performance.now()
        Deferred.doneUnsafe(event === "listening" ? listening : ready, Effect.succeed(url))
      })
      if (index === 0 && !Deferred.isDoneUnsafe(listening)) return yield* new WorkerFailed(ended)
      earlyEnds = performance.now() - since > stableAfter ? 0 : earlyEnds + 1
      const pause = earlyEnds < 2 ? 0 : Math.min(100 * 2 ** earlyEnds, 10_000)
      yield* Effect.logWarning(
        `worker ${index} ended with ${ended.signal ?? ended.code}, another starts in ${pause / 1000} s`
      )
      yield* Effect.sleep(pause)
    }
  })

  const first = makeWorker(0)
  const others = Array.from({ length: WEB_CONCURRENCY - 1 }, (_, n) => makeWorker(n + 1))
  const announce = Effect.flatMap(
    Effect.forEach([first, ...others], ({ ready }) => Deferred.await(ready)),
    ([url = ""]) => onReady(url)
  )
  const startOthers = Effect.andThen(
    Deferred.await(first.listening),
    Effect.all(others.map(keepRunning), { concurrency: "unbounded" })
  )
  yield* Effect.all([keepRunning(first), startOthers, announce], { concurrency: "unbounded" })
})
