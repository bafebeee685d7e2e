import type { Duplex } from "node:stream"
import type { PgConnection } from "@effect/sql-pg"
import { Cause, Effect, Exit, Option, Predicate } from "effect"
import { type SqlConnection, SqlError } from "effect/sql"
import { openConnection, type Routes } from "./PostgresSocket.ts"

/** A statement that was sent and not answered yet. */
export interface Statement {
  /** When its caller asked for it, in the time of `performance.now`. */
  readonly askedAt: number
}

/**
 * The time limit in three steps, as shares of it. The server ends a statement, so that the connection goes on with the
 * next one; else the watchdog asks the server to end the session; else it closes the socket, and the caller's statement fails.
 */
export const timeLimits = { statement: 0.85, session: 0.95, socket: 1 }

/** The SQLSTATE of a failure, where PostgreSQL reported it. */
export const sqlStateOf = (cause: Cause.Cause<unknown>) => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  const reason = SqlError.isSqlError(error) ? error.reason.cause : undefined
  return Predicate.hasProperty(reason, "code") ? reason.code : undefined
}

/** Younger connections, in milliseconds, are not replaced: while every server is read-only, that would only be work. */
const renewalPause = 1000

/** A connection, its socket and its statements in flight: the library neither counts these nor closes a connection. */
export class TrackedConnection {
  readonly connection: PgConnection.PgConnection
  readonly socket: Duplex
  readonly openedAt = performance.now()
  /** When something last came back, or was sent with nothing in flight before it. */
  changedAt = this.openedAt
  /**
   * In the order in which they are answered. Statements of callers that left are among them. (A `Set` to which much is
   * added and removed leaves tables behind in which V8 finds all that was in them, until it collects the old generation.)
   */
  readonly inFlight: Array<Statement> = []
  /** How many statements have a caller. */
  awaited = 0
  /** Since nothing was in flight. */
  sentSinceIdle = 0
  /** No new statements: it is about to be closed because one takes too long. */
  isClosing = false
  /** No new statements until none is in flight. */
  isResting = false
  private readonly routes: Routes

  constructor(connection: PgConnection.PgConnection, socket: Duplex, routes: Routes) {
    this.connection = connection
    this.socket = socket
    this.routes = routes
  }

  /** Whether it may lead to a server that became a standby. */
  get isStale() {
    return this.openedAt < this.routes.renewedAt
  }

  /**
   * A server that became a standby refuses writes over connections that stay open, while new ones lead to its successor.
   * So a refusal replaces all connections, also those over which old data would be read.
   */
  noticeFailure(cause: Cause.Cause<unknown>) {
    const now = performance.now()
    if (sqlStateOf(cause) === "25006" && now - this.openedAt > renewalPause) this.routes.renewedAt = now
  }

  /** What is sent during this turn of the event loop leaves in one packet, and its answers come in few. */
  gather() {
    if (this.socket.writableCorked > 0) return
    this.socket.cork()
    setImmediate(() => this.socket.uncork())
  }

  begin(askedAt: number): Statement {
    const statement = { askedAt }
    if (this.inFlight.length === 0) this.changedAt = performance.now()
    this.inFlight.push(statement)
    this.awaited++
    this.sentSinceIdle++
    return statement
  }

  /** Statements are answered in their order: one that was sent before, and whose caller left, is answered too. */
  end(statement: Statement) {
    this.changedAt = performance.now()
    this.awaited--
    this.inFlight.splice(0, this.inFlight.indexOf(statement) + 1)
    if (this.inFlight.length > 0) return
    this.sentSinceIdle = 0
    this.isResting = false
  }
}

/** Opens a connection with its socket, which is how to close one that does not answer. */
export const open = (config: PgConnection.Config, routes: Routes) =>
  Effect.map(
    openConnection(config, routes),
    ({ connection, socket }) => new TrackedConnection(connection, socket, routes)
  )

/** A connection that is lent to one borrower, as the SQL client uses it. */
export const makeExclusiveSession = (
  tracked: TrackedConnection,
  connection: PgConnection.PgConnection
): SqlConnection.Connection => {
  const track = <A, E>(statement: Effect.Effect<A, E>) =>
    Effect.suspend(() => {
      const sent = tracked.begin(performance.now())
      return Effect.onExit(statement, (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) tracked.noticeFailure(exit.cause)
          tracked.end(sent)
        })
      )
    })
  const rows = (isPrepared: boolean) => (sql: string, params: ReadonlyArray<unknown>) =>
    Effect.map(track(connection.query(sql, params, isPrepared)), ({ rows }) => rows)
  const values = (isPrepared: boolean) => (sql: string, params: ReadonlyArray<unknown>) =>
    track(connection.queryValues(sql, params, isPrepared))
  return {
    executeRaw: (sql, params) => track(connection.query(sql, params, true)),
    execute: rows(true),
    executeUnprepared: rows(false),
    executeValues: values(true),
    executeValuesUnprepared: values(false),
    executeStream: (sql, params) => connection.stream(sql, params)
  }
}
