import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { PgClient, type PgConnection } from "@effect/sql-pg"
import { Context, Duration, Effect, Layer, Predicate, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection } from "effect/sql"
import type { Config } from "../config/Config.ts"
import { Database, IsHeavy, make, type Send } from "./Database.ts"
import * as ExclusivePool from "./ExclusivePool.ts"
import { makeFairQueue } from "./FairQueue.ts"
import { MultiplexedGroup } from "./MultiplexedGroup.ts"
import { types } from "./PgCodecs.ts"
import { DatabasePools } from "./PoolStats.ts"
import { openConnection, type Routes, routeOver, routesTo } from "./PostgresSocket.ts"
import { queryAsUser } from "./RlsPipeline.ts"
import { makeSqlError } from "./SqlErrors.ts"
import { timeLimits } from "./TrackedConnection.ts"
import * as Watchdog from "./Watchdog.ts"

const common = (settings: Config) => ({
  applicationName: "effect-tasks",
  types,
  connectTimeout: settings.DATABASE_CONNECT_TIMEOUT
})

/** Single statements share a few connections; transactions need one each. */
const divide = ({ DATABASE_POOL_MAX: max, DATABASE_POOL_MIN: min }: Config) => {
  const size = (max: number) => ({ max, min: Math.min(min, max) })
  const reads = Math.floor(max / 3)
  // PostgreSQL makes the commits of several connections durable together, so writes gain more from another one than reads.
  const writes = Math.floor(max * 0.4)
  return { reads: size(reads), writes: size(writes), transactions: size(max - reads - writes) }
}

/** A commit of a transaction in which a statement failed is answered as if nothing were wrong. */
const commit = (connection: SqlConnection.Connection) =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    Predicate.hasProperty(result, "command") && result.command === "ROLLBACK"
      ? makeSqlError("UnknownError", "commit", "the transaction was rolled back", result)
      : Effect.void
  )

const makeClient = (pool: Effect.Effect<ExclusivePool.ExclusivePool>) =>
  SqlClient.make({
    acquirer: Effect.flatMap(pool, ({ reserve }) => reserve),
    borrower: (f) => Effect.flatMap(pool, ({ use }) => use(f)),
    transactionAcquirer: Effect.flatMap(pool, ({ reserve }) => reserve),
    commit,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    prepareTransactionControls: true,
    compiler: PgClient.makeCompiler(),
    driver: "pg",
    spanAttributes: [["db.system.name", "postgresql"]]
  })

type Values = ReadonlyArray<ReadonlyArray<unknown>>

interface Transport {
  readonly config: PgConnection.Config
  readonly routes: Routes
  readonly sockets: ReadonlyMap<Socket, number>
  /** Whether each connection is a session of a server of its own, which can be asked about it. */
  readonly isDirect: boolean
  /** Whether a transaction pooler stands between, which may run each transaction in another session. */
  readonly isPooled: boolean
}

const layerOver = (settings: Config, transport: Transport) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { config, isDirect, isPooled, routes, sockets } = transport
      const timeout = settings.DATABASE_QUERY_TIMEOUT
      const isRlsEnabled = settings.DATABASE_RLS === "on"
      const shared = {
        queue: settings.DATABASE_POOL_QUEUE_MAX,
        lifetime: settings.DATABASE_POOL_LIFETIME,
        idle: settings.DATABASE_POOL_IDLE,
        timeout
      }
      const sizes = divide(settings)
      const reads = new MultiplexedGroup(config, routes, { ...shared, ...sizes.reads, isRepeatable: true })
      const writes = new MultiplexedGroup(config, routes, { ...shared, ...sizes.writes, isRepeatable: false })
      yield* Effect.addFinalizer(() => Effect.andThen(reads.shutdown, writes.shutdown))
      // Inside of a transaction, the library cannot recover from a named statement that the session does not know.
      const exclusive = { ...config, prepare: !isPooled }
      const transactions = yield* ExclusivePool.make(exclusive, routes, { ...shared, ...sizes.transactions })
      const heavy = yield* ExclusivePool.make(exclusive, routes, {
        ...shared,
        min: 0,
        max: settings.DATABASE_HEAVY_POOL_MAX
      })
      const heavyQueue = makeFairQueue({ slots: settings.DATABASE_HEAVY_POOL_MAX, queue: shared.queue })

      /** Asks over a connection of its own: all others may be dead or busy. */
      const ask = (text: string, processes: ReadonlyArray<number>): Effect.Effect<Values, unknown> =>
        isDirect
          ? openConnection(config, routes).pipe(
              Effect.flatMap(({ connection }) => connection.queryValues(text, [processes])),
              Effect.scoped,
              Effect.timeout("1 second")
            )
          : Effect.fail("the processes cannot be asked for")
      yield* Watchdog.start({
        groups: [reads, writes],
        pools: [transactions, heavy],
        sockets,
        timeout: Duration.toMillis(timeout),
        isLimited: isDirect,
        executing: (processes) =>
          Effect.map(
            ask("select pid from pg_stat_activity where pid = any ($1) and state not like 'idle%'", processes),
            (rows) => new Set(rows.map(([pid]) => Number(pid)))
          ),
        terminate: (processes) => ask("select pg_terminate_backend(pid) from unnest($1::int[]) as pid", processes)
      })

      const sql = yield* makeClient(Effect.map(IsHeavy, (isHeavy) => (isHeavy ? heavy : transactions)))

      const send: Send = (kind, owner, text, params, { plan }) => {
        const group = kind === "query" ? reads : writes
        const isPrepared = plan !== "fresh"
        return isRlsEnabled
          ? group.run((connection) => queryAsUser(connection, owner, text, params, isPrepared && !isPooled))
          : Effect.map(
              group.run((connection) => connection.query(text, params, isPrepared)),
              ({ rows }) => rows
            )
      }
      return Context.make(SqlClient.SqlClient, sql).pipe(
        Context.add(Database, make(sql, { isRlsEnabled, timeout, heavyQueue }, send)),
        Context.add(DatabasePools, {
          get reads() {
            return reads.stats
          },
          get writes() {
            return writes.stats
          },
          transactions: transactions.stats,
          get heavy() {
            return { inUse: heavy.stats.inUse, waiting: heavyQueue.waiting + heavy.stats.waiting }
          }
        })
      )
    })
  ).pipe(Layer.provide(Reactivity.layer))

/** On a server. Its own limits end a statement shortly before the caller's time limit, so that no lock outlives the caller. */
export const layer = (settings: Config, url: Redacted.Redacted) =>
  Layer.unwrap(
    Effect.sync(() => {
      const { config: ofUrl, routes, sockets } = routesTo(Redacted.value(url))
      const limit = String(Math.ceil(Duration.toMillis(settings.DATABASE_QUERY_TIMEOUT) * timeLimits.statement))
      // A transaction pooler between us and the server refuses parameters that it does not know.
      const isPooled = settings.DATABASE_DIRECT_URL !== undefined
      const startupParameters = {
        statement_timeout: limit,
        lock_timeout: limit,
        idle_in_transaction_session_timeout: limit
      }
      const config = { ...common(settings), ...ofUrl, ...(!isPooled && { startupParameters }) }
      return layerOver(settings, { config, routes, sockets, isDirect: !isPooled, isPooled })
    })
  )

/** On a database inside this process. It has one session, which the connections take turns to use. */
export const layerStream = (settings: Config, stream: () => Duplex) =>
  layerOver(settings, {
    config: { ...common(settings), username: "postgres", database: "postgres" },
    routes: routeOver(stream),
    sockets: new Map(),
    isDirect: false,
    isPooled: false
  })

/** One connection without limits in time, for migrations: they may have much to do, and wait for each other. */
export const layerDirect = (settings: Config, url: Redacted.Redacted) =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.gen(function* () {
      const { config, routes } = routesTo(Redacted.value(url))
      const { DATABASE_POOL_IDLE: idle, DATABASE_POOL_LIFETIME: lifetime } = settings
      const limits = { min: 1, max: 1, queue: Number.POSITIVE_INFINITY, lifetime, idle }
      const pool = yield* ExclusivePool.make({ ...common(settings), ...config }, routes, limits)
      return yield* makeClient(Effect.succeed(pool))
    })
  ).pipe(Layer.provide(Reactivity.layer))
