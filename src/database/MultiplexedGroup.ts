import type { PgConnection } from "@effect/sql-pg"
import { Cause, Duration, Effect, Exit, Fiber, Option, Scope } from "effect"
import type { SqlError } from "effect/sql"
import { QueryTimedOut } from "./Database.ts"
import { type Options as PoolOptions, queueFull } from "./ExclusivePool.ts"
import type { PoolStats } from "./PoolStats.ts"
import type { Routes } from "./PostgresSocket.ts"
import { open, type Statement, sqlStateOf, type TrackedConnection, timeLimits } from "./TrackedConnection.ts"

export interface Options extends PoolOptions {
  /** How long a caller waits for its statement. */
  readonly timeout: Duration.Duration
  /** Whether a statement may be sent again when its connection was closed. A write may have been made, so it is not. */
  readonly isRepeatable: boolean
}

/**
 * How many statements are sent over one connection until it rests, which it does until none is in flight. More would
 * only wait in the server instead of here. And the library references answered statements, with their rows, until then
 * (`pipelineInFlight` of sql-pg 4.0.5): under constant load that would be never, and V8 would move them to its old
 * generation, which takes longer than all else about them.
 */
const depth = 8

/** A connection with this many statements in flight is a reason to open another one. */
const busy = 2

/** A connection where nothing came back for this long, in milliseconds, is avoided. */
const slow = 20

/** The pause after a connection could not be opened, in milliseconds, unless a statement waits for one. */
const reopenPause = 250

type Send<A> = (connection: PgConnection.PgConnection) => Effect.Effect<A, SqlError.SqlError>
type Reserved = readonly [TrackedConnection, Statement]

interface Waiter {
  readonly askedAt: number
  readonly resume: (reserved: Effect.Effect<Reserved, SqlError.SqlError>) => void
}

/** A few connections over which the statements of many fibers go out together, none waiting for another's answer. */
export class MultiplexedGroup {
  readonly connections = new Set<TrackedConnection>()
  /** The first one has waited longest. (No `Set`, for the reason given at `TrackedConnection.inFlight`.) */
  private waiting: Array<Waiter> = []
  private readonly scopes = new Map<TrackedConnection, Scope.Closeable>()
  private readonly config: PgConnection.Config
  private readonly routes: Routes
  private readonly options: Options
  private readonly timeout: number
  private readonly opening = new Set<Fiber.Fiber<unknown, unknown>>()
  private isShutDown = false
  private failedAt = Number.NEGATIVE_INFINITY
  /** When the last attempt to open a connection began. */
  private attemptedAt = Number.NEGATIVE_INFINITY

  constructor(config: PgConnection.Config, routes: Routes, options: Options) {
    this.config = { ...config, multiplex: true }
    this.routes = routes
    this.options = options
    this.timeout = Duration.toMillis(options.timeout)
  }

  get stats(): PoolStats {
    let inUse = 0
    for (const { inFlight } of this.connections) inUse += inFlight.length
    return { inUse, waiting: this.waiting.length }
  }

  /** Sends from the calling fiber, at once: no other fiber, timer, scope or loan is made for a statement. */
  run<A>(send: Send<A>, askedAt = performance.now(), isRepeated = false): Effect.Effect<A, SqlError.SqlError> {
    const sendOver = ([tracked, statement]: Reserved): Effect.Effect<A, SqlError.SqlError> => {
      // It was closed since: nothing was sent, not even a write.
      if (!this.connections.has(tracked)) return this.run(send, askedAt, isRepeated)
      // Handlers of failures are skipped when a fiber is interrupted, and finalizers are not.
      const sent = Effect.onInterrupt(send(tracked.connection), () => Effect.sync(() => this.leave(tracked)))
      return Effect.matchCauseEffect(sent, {
        onSuccess: (result) => {
          this.end(tracked, statement)
          return Effect.succeed(result)
        },
        onFailure: (cause): Effect.Effect<A, SqlError.SqlError> => {
          if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
          tracked.noticeFailure(cause)
          this.end(tracked, statement)
          if (!isConnectionLost(cause)) return Effect.failCause(cause)
          this.close(tracked)
          const isLate = performance.now() - askedAt >= this.timeout * timeLimits.session
          if (isLate) return Effect.die(new QueryTimedOut())
          return this.options.isRepeatable && !isRepeated ? this.run(send, askedAt, true) : Effect.failCause(cause)
        }
      })
    }
    return Effect.suspend(() => {
      const reserved = this.waiting.length === 0 ? this.reserve(askedAt) : undefined
      return reserved === undefined ? Effect.flatMap(this.wait(askedAt), sendOver) : sendOver(reserved)
    })
  }

  /** What only time brings about. To be called every now and then. */
  tick(now: number) {
    const isOverdue = ({ askedAt }: Waiter) => now - askedAt >= this.timeout
    const overdue = this.waiting.filter(isOverdue)
    if (overdue.length > 0) this.waiting = this.waiting.filter((waiter) => !isOverdue(waiter))
    for (const { resume } of overdue) resume(Effect.die(new QueryTimedOut()))
    for (const tracked of this.connections) {
      if (!tracked.isStale) continue
      if (tracked.inFlight.length === 0) this.close(tracked)
      else tracked.isResting = true
    }
    const idle = Duration.toMillis(this.options.idle)
    for (const tracked of this.connections) {
      if (this.connections.size <= this.options.min) break
      if (tracked.inFlight.length === 0 && now - tracked.changedAt >= idle) this.close(tracked)
    }
    if (now - this.failedAt < reopenPause) return
    for (let missing = this.options.min - this.connections.size - this.opening.size; missing > 0; missing--) this.open()
  }

  /** Closes every connection, and those that are being opened. Statements in flight fail. */
  readonly shutdown = Effect.suspend(() => {
    this.isShutDown = true
    const close = Effect.forEach([...this.scopes.values()], (scope) => Scope.close(scope, Exit.void), { discard: true })
    return Effect.andThen(Fiber.interruptAll(this.opening), close)
  })

  private reserve(askedAt: number): Reserved | undefined {
    const now = performance.now()
    let best: TrackedConnection | undefined
    let least = Number.POSITIVE_INFINITY
    for (const tracked of this.connections) {
      const size = tracked.inFlight.length
      if (tracked.isClosing) continue
      if (tracked.isResting && tracked.awaited > 0) continue
      const load = size > 0 && now - tracked.changedAt > slow ? size + depth : size
      if (load >= least) continue
      best = tracked
      least = load
    }
    if (least >= busy && this.canOpen(now)) this.open()
    // Rather than behind a slow statement, this one goes over the connection that is being opened.
    if (best === undefined || (least >= depth && this.opening.size > 0)) return undefined
    best.gather()
    const statement = best.begin(askedAt)
    best.isResting = best.sentSinceIdle >= depth || this.hasExpired(best)
    return [best, statement]
  }

  private canOpen(now: number) {
    const size = this.connections.size + this.opening.size
    if (size >= this.options.max) return false
    // After a failure only one at a time, so that those that wait learn at once when it fails, too.
    return size === 0 || now - this.failedAt >= reopenPause
  }

  private wait(askedAt: number): Effect.Effect<Reserved, SqlError.SqlError> {
    return Effect.callback((resume) => {
      if (this.waiting.length >= this.options.queue) return resume(Effect.fail(queueFull(this.waiting.length)))
      const waiter = { askedAt, resume }
      this.waiting.push(waiter)
      return Effect.sync(() => {
        this.waiting = this.waiting.filter((other) => other !== waiter)
      })
    })
  }

  private dispatch() {
    for (let waiter = this.waiting[0]; waiter !== undefined; waiter = this.waiting[0]) {
      const reserved = this.reserve(waiter.askedAt)
      if (reserved === undefined) return
      this.waiting.shift()
      waiter.resume(Effect.succeed(reserved))
    }
  }

  private end(tracked: TrackedConnection, statement: Statement) {
    tracked.end(statement)
    if (tracked.inFlight.length === 0 && this.hasExpired(tracked)) this.close(tracked)
    if (this.waiting.length > 0) this.dispatch()
  }

  /** The statement of a caller that leaves is still in flight. It counts as answered once a later one is. */
  private leave(tracked: TrackedConnection) {
    tracked.awaited--
    if (this.waiting.length > 0) this.dispatch()
  }

  private hasExpired({ isStale, openedAt }: TrackedConnection) {
    return isStale || performance.now() - openedAt >= Duration.toMillis(this.options.lifetime)
  }

  private open() {
    if (this.isShutDown) return
    this.attemptedAt = performance.now()
    const scope = Scope.makeUnsafe()
    const opened = Effect.runFork(Scope.provide(open(this.config, this.routes), scope))
    this.opening.add(opened)
    opened.addObserver((exit) => {
      this.opening.delete(opened)
      if (this.isShutDown || Exit.isFailure(exit)) Effect.runFork(Scope.close(scope, Exit.void))
      if (this.isShutDown) return
      if (Exit.isSuccess(exit)) {
        const tracked = exit.value
        this.scopes.set(tracked, scope)
        this.connections.add(tracked)
        tracked.socket.once("close", () => this.close(tracked))
        return this.dispatch()
      }
      this.failedAt = performance.now()
      if (this.connections.size + this.opening.size > 0) return this.dispatch()
      // Later ones get an attempt of their own: the server may be back since this one began.
      const isLater = ({ askedAt }: Waiter) => askedAt > this.attemptedAt
      const failed = this.waiting.filter((waiter) => !isLater(waiter))
      this.waiting = this.waiting.filter(isLater)
      for (const { resume } of failed) resume(Effect.failCause(exit.cause))
      this.dispatch()
    })
  }

  private close(tracked: TrackedConnection) {
    const scope = this.scopes.get(tracked)
    this.connections.delete(tracked)
    this.scopes.delete(tracked)
    if (scope !== undefined) Effect.runFork(Scope.close(scope, Exit.void))
    // Those that wait may have waited for this one.
    if (this.waiting.length > 0) this.dispatch()
  }
}

/** The connection was closed or ended by the server, so that its other statements fail as well. */
const isConnectionLost = (cause: Cause.Cause<SqlError.SqlError>) =>
  Option.exists(Cause.findErrorOption(cause), ({ reason }) => reason._tag === "ConnectionError") ||
  sqlStateOf(cause) === "57P01"
