import { Context, Data, Duration, Effect, type Fiber, References, Tracer } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import type { UserId } from "../domain/User.ts"
import type { FairQueue } from "./FairQueue.ts"

export class QueryTimedOut extends Data.TaggedError("QueryTimedOut") {
  override readonly message = "the database did not answer in time"
}

/** Whether work ended because it took too long: the server's limit for a statement is below ours. */
export const isTimeout = (defect: unknown) =>
  defect instanceof QueryTimedOut || (SqlError.isSqlError(defect) && defect.reason._tag === "StatementTimeoutError")

export type Rows<Row> = ReadonlyArray<Row>
type Params = ReadonlyArray<unknown>

/** Whether PostgreSQL keeps the plan of a statement. A plan for any values is a bad one where values are rare or common. */
export interface QueryOptions {
  readonly plan?: "cached" | "fresh"
}

/**
 * Access to the users' rows. `$1` of every statement is the owner and `params` begin with `$2`, so that no statement can
 * leave the owner out: PostgreSQL refuses a text that does not use `$1`. Under row-level security the owner is also the
 * user whom the policies let through.
 *
 * An unavailable or slow database is a defect (`SqlError` or `QueryTimedOut`): the server maps it in one place.
 */
export class Database extends Context.Service<
  Database,
  {
    /** One bounded read. It shares a connection with others, so it must neither wait for locks nor take long. */
    query<Row>(owner: UserId, text: string, params?: Params, options?: QueryOptions): Effect.Effect<Rows<Row>>
    /** One statement that writes. It fails with what the caller can map: the violation of a constraint. */
    write<Row>(owner: UserId, text: string, params?: Params): Effect.Effect<Rows<Row>, SqlError.SqlError>
    /** A transaction of the owner: all statements in it go over one connection. Inside of another it is part of that. */
    transaction<A, E, R>(
      owner: UserId,
      work: Effect.Effect<A, E, R>
    ): Effect.Effect<A, Exclude<E, SqlError.SqlError>, R>
    /** Work that grows with what a user has or waits for others: its statements have connections of their own. */
    heavy<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
    /** A statement on the rows of all users: one that removes what has expired, or looks at counters. */
    maintenance<Row>(text: string, params?: Params): Effect.Effect<Rows<Row>>
  }
>()("tasks/database/Database") {}

export interface Options {
  readonly isRlsEnabled: boolean
  /** How long a caller waits, counted on our side: a limit inside the server does nothing when it cannot be reached. */
  readonly timeout: Duration.Duration
  /** Where heavy work waits for its turn. Waiting counts as a part of the time limit. */
  readonly heavyQueue?: FairQueue
}

/** Sends one statement outside of transactions over shared connections. */
export type Send = (
  kind: "query" | "write",
  owner: UserId,
  text: string,
  params: Params,
  options: QueryOptions
) => Effect.Effect<Rows<unknown>, SqlError.SqlError>

/** That statements take the connections for heavy work. A transaction stays where it began. */
export const IsHeavy = Context.Reference<boolean>("tasks/database/IsHeavy", { defaultValue: () => false })

/** The service on a client, which runs the transactions. `send` replaces it for single statements. */
export const make = (sql: SqlClient.SqlClient, options: Options, send?: Send): Database["Service"] => {
  const { heavyQueue, isRlsEnabled } = options
  const timeout = Duration.toMillis(options.timeout)
  const setUser = (owner: UserId) => sql`select set_config('tasks.user_id', ${owner}, true)`

  const inTransaction = <A, E, R>(owner: UserId, work: Effect.Effect<A, E, R>) =>
    sql.withTransaction(isRlsEnabled ? Effect.andThen(setUser(owner), work) : work)

  /** Work on a connection of its own, within the time limit. */
  const exclusively = <A, E, R>(user: string, work: Effect.Effect<A, E, R>) =>
    Effect.withFiber<A, E | SqlError.SqlError, R>((fiber) =>
      withTimeout(timeout, heavyQueue !== undefined && fiber.getRef(IsHeavy) ? heavyQueue.run(user, work) : work)
    )

  const isInside = (fiber: Fiber.Fiber<unknown, unknown>) =>
    Context.getOrUndefined(fiber.context, sql.transactionService) !== undefined

  const execute = (text: string, params: Params, plan: QueryOptions["plan"]) => {
    const statement = sql.unsafe<object>(text, params)
    return plan === "fresh" ? statement.unprepared : statement
  }

  const run = <Row>(kind: "query" | "write", owner: UserId, text: string, given: Params, query: QueryOptions) =>
    Effect.withFiber((fiber): Effect.Effect<Rows<Row>, SqlError.SqlError> => {
      const params = [owner, ...given]
      const isOwn = isInside(fiber)
      if (!isOwn && send !== undefined && !fiber.getRef(IsHeavy)) {
        const sent = send(kind, owner, text, params, query) as Effect.Effect<Rows<Row>, SqlError.SqlError>
        return isTraced(fiber) ? withSpan(text, sent) : sent
      }
      const statement = execute(text, params, query.plan) as Effect.Effect<Rows<never>, SqlError.SqlError>
      if (isOwn) return statement
      return exclusively(owner, isRlsEnabled ? inTransaction(owner, statement) : statement)
    })

  return {
    query: (owner, text, params = [], query = {}) => Effect.orDie(run("query", owner, text, params, query)),
    write: (owner, text, params = []) => run("write", owner, text, params, {}),
    transaction: (owner, work) =>
      dieOnSqlError(
        Effect.withFiber((fiber) => (isInside(fiber) ? work : exclusively(owner, inTransaction(owner, work))))
      ),
    heavy: (work) => Effect.provideService(work, IsHeavy, true),
    maintenance: <Row>(text: string, params: Params = []) => {
      const statement = sql.unsafe<Row & object>(text, params)
      const isolated = sql.withTransaction(
        Effect.andThen(sql`select set_config('tasks.purging', 'on', true)`, statement)
      )
      // No user id is empty.
      const work = exclusively("", isRlsEnabled ? isolated : statement)
      return Effect.provideService(Effect.orDie(work), IsHeavy, true)
    }
  }
}

const dieOnSqlError = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.catch(work, (error) =>
    SqlError.isSqlError(error) ? Effect.die(error) : Effect.fail(error as Exclude<E, SqlError.SqlError>)
  )

/**
 * Work on an exclusive connection, with a limit on its time. It runs in a fiber of its own: an interrupted statement
 * waits for the server to acknowledge that, for seconds, and a caller whose time is up cannot wait for it.
 */
export const withTimeout = <A, E, R>(milliseconds: number, work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.withFiber<A, E, R>((caller) =>
    Effect.callback<A, E>((resume) => {
      const fiber = Effect.runForkWith(caller.context as Context.Context<R>)(work)
      const timer = setTimeout(() => {
        // In this order: work that only waits for a connection ends at once, with an interruption.
        resume(Effect.die(new QueryTimedOut()))
        fiber.interruptUnsafe()
      }, milliseconds)
      fiber.addObserver((exit) => {
        clearTimeout(timer)
        resume(exit)
      })
      return Effect.sync(() => {
        clearTimeout(timer)
        fiber.interruptUnsafe()
      })
    })
  )

/** Whether spans are exported. A span that is not exported would cost as much. */
const isTraced = (fiber: Fiber.Fiber<unknown, unknown>) =>
  fiber.getRef(References.TracerEnabled) && fiber.getRef(Tracer.Tracer) !== Tracer.nativeTracer

/** The span that the library makes of the statements it sends itself. */
const withSpan = <A, E>(text: string, statement: Effect.Effect<A, E>) =>
  Effect.withSpan(statement, "postgresql", {
    kind: "client",
    attributes: { "db.system.name": "postgresql", "db.query.text": text }
  })
