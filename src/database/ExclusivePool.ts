import type { PgConnection } from "@effect/sql-pg"
import { Cause, Duration, Effect, Exit, Pool } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"
import type { PoolStats } from "./PoolStats.ts"
import type { Routes } from "./PostgresSocket.ts"
import { makeSqlError } from "./SqlErrors.ts"
import { makeExclusiveSession, open, type TrackedConnection } from "./TrackedConnection.ts"

export interface Options {
  readonly min: number
  readonly max: number
  /** How many borrowers may wait. The next one fails at once. */
  readonly queue: number
  /** How long a connection is used. */
  readonly lifetime: Duration.Duration
  /** How long one of more than `min` connections is kept unused. */
  readonly idle: Duration.Duration
}

export const queueFull = (waiting: number) =>
  makeSqlError("ConnectionError", "acquire", `${waiting} statements already wait for a connection`)

/**
 * A pool of connections that are lent to one borrower at a time. It is the library's `Pool` over our own sockets:
 * `PgPool` does not tell which connections it has, so that one that is dead could not be found.
 */
export const make = Effect.fnUntraced(function* (config: PgConnection.Config, routes: Routes, options: Options) {
  const connections = new Set<TrackedConnection>()
  const stats: PoolStats = { inUse: 0, waiting: 0 }
  const lifetime = Duration.toMillis(options.lifetime)
  let pool: Pool.Pool<TrackedConnection, SqlError.SqlError>

  const acquire = Effect.tap(open(config, routes), (tracked) =>
    Effect.sync(() => {
      connections.add(tracked)
      tracked.socket.once("close", () => {
        connections.delete(tracked)
        Effect.runFork(Pool.invalidate(pool, tracked))
      })
    })
  )
  pool = yield* Pool.makeWithTTL({
    acquire,
    min: options.min,
    max: options.max,
    timeToLive: options.idle,
    timeToLiveStrategy: "usage"
  })

  /** The late answer to an interruption could hit the next borrower's statement. */
  const release = (tracked: TrackedConnection, exit: Exit.Exit<unknown, unknown>) =>
    Effect.suspend(() => {
      stats.inUse--
      const isInterrupted = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause)
      const isOld = tracked.isStale || performance.now() - tracked.openedAt >= lifetime
      return isInterrupted || isOld ? Pool.invalidate(pool, tracked) : Effect.void
    })

  const get = Effect.gen(function* () {
    if (stats.inUse + stats.waiting >= options.max + options.queue) return yield* queueFull(stats.waiting)
    stats.waiting++
    const tracked = yield* Effect.ensuring(
      Pool.get(pool),
      Effect.sync(() => void stats.waiting--)
    )
    stats.inUse++
    yield* Effect.addFinalizer((exit) => release(tracked, exit))
    return tracked
  })

  return {
    stats,
    connections,
    /** Closes stale connections: at once, or when they are given back. */
    tick: () => {
      for (const tracked of connections) if (tracked.isStale) Effect.runFork(Pool.invalidate(pool, tracked))
    },
    /** For a transaction: the session fails once it was given back. */
    reserve: Effect.flatMap(get, (tracked) =>
      Effect.map(tracked.connection.pin, (pinned) => makeExclusiveSession(tracked, pinned))
    ),
    /** For one statement. */
    use: <A, E, R>(f: (session: SqlConnection.Connection) => Effect.Effect<A, E, R>) =>
      Effect.scoped(Effect.flatMap(get, (tracked) => f(makeExclusiveSession(tracked, tracked.connection))))
  }
})

export type ExclusivePool = Effect.Success<ReturnType<typeof make>>
