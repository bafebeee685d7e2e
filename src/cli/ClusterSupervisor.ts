import cluster from "node:cluster"
import { Data, Deferred, Duration, Effect, Runtime } from "effect"
import * as Config from "../config/Config.ts"

// The workers share one port, which is the primary's: node:cluster hands each new connection to the next
// of them, on every platform. With `reusePort` every worker has a queue of its own in the kernel: what
// waits there is lost with its worker, and a process that watches over them is needed all the same.

const stop = "stop"

/** Of a worker: tells the primary that it is ready, and where. */
export const reportReady = (url: string) =>
  Effect.andThen(
    Effect.logInfo("ready"),
    Effect.sync(() => void process.send?.({ url }))
  )

/** A service as a worker: it stops when the primary says so. A worker whose primary is gone is ended by node:cluster. */
export const runAsWorker = <A, E, R>(service: Effect.Effect<A, E, R>) =>
  Effect.callback<void>((resume) => {
    const hear = (message: unknown) => {
      if (message === stop) resume(Effect.void)
    }
    process.on("message", hear)
    return Effect.sync(() => process.off("message", hear))
  }).pipe(
    Effect.raceFirst(service),
    // The channel would keep the process.
    Effect.andThen(Effect.sync(() => process.disconnect()))
  )

interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
}

/** The first worker ended before it was ready, and so would the others. If it has said why, that is not said again. */
export class WorkerFailed extends Data.TaggedError("WorkerFailed")<Ended> {
  override readonly [Runtime.errorReported] = this.code === null || this.code === 0
  override get message() {
    return `the first worker ended with ${this.signal ?? this.code} before it was ready`
  }
}

/**
 * Runs one worker to its end. It need not migrate: the primary has. Interrupted, it tells the worker to
 * stop, and not by a signal: a supervisor may signal the whole group, and who gets two is in a hurry.
 */
const run = (index: number, patience: Duration.Duration, onReady: (url: string) => void) =>
  Effect.callback<Ended>((resume) => {
    const worker = cluster.fork({ [Config.workerVariable]: String(index), MIGRATE_ON_START: "false" })
    const ended = new Promise<Ended>((resolve) => {
      worker.once("exit", (code: number | null, signal: string | null) => resolve({ code, signal }))
    })
    worker.once("message", ({ url }: { readonly url: string }) => onReady(url))
    ended.then((how) => resume(Effect.succeed(how)))
    return Effect.promise(async () => {
      const overdue = setTimeout(() => worker.process.kill("SIGKILL"), Duration.toMillis(patience))
      if (worker.isConnected()) worker.send(stop, () => {})
      await ended
      clearTimeout(overdue)
    })
  })

/** A worker that has been ready for so long has not failed to start, and another follows it at once. */
const settled = 10_000

/**
 * As many workers as are set. The first goes ahead, so that what is wrong with the settings, the port or
 * the database is told once. From then on each that ends is replaced, after growing pauses if they end young.
 */
export const supervise = Effect.fnUntraced(function* (
  { SHUTDOWN_TIMEOUT, WEB_CONCURRENCY }: Config.Config,
  announce: (url: string) => Effect.Effect<void>
) {
  const patience = Duration.sum(SHUTDOWN_TIMEOUT, Duration.seconds(2))

  const keep = Effect.fnUntraced(function* (index: number, ready: Deferred.Deferred<string>) {
    let young = 0
    while (true) {
      let since = Number.POSITIVE_INFINITY
      const ended = yield* run(index, patience, (url) => {
        since = performance.now()
        Deferred.doneUnsafe(ready, Effect.succeed(url))
      })
      if (index === 0 && !Deferred.isDoneUnsafe(ready)) return yield* new WorkerFailed(ended)
      young = performance.now() - since > settled ? 0 : young + 1
      const pause = young < 2 ? 0 : Math.min(100 * 2 ** young, 10_000)
      yield* Effect.logWarning(
        `worker ${index} ended with ${ended.signal ?? ended.code}, another starts in ${pause / 1000} s`
      )
      yield* Effect.sleep(pause)
    }
  })

  const first = Deferred.makeUnsafe<string>()
  const others = Array.from({ length: WEB_CONCURRENCY - 1 }, () => Deferred.makeUnsafe<string>())
  const follow = Effect.gen(function* () {
    const url = yield* Deferred.await(first)
    const announced = Effect.andThen(Effect.forEach(others, Deferred.await), announce(url))
    yield* Effect.all([announced, ...others.map((ready, n) => keep(n + 1, ready))], { concurrency: "unbounded" })
  })
  yield* Effect.all([keep(0, first), follow], { concurrency: "unbounded" })
})
