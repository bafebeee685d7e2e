import type { Duplex } from "node:stream"
import { PgClient, PgConnection } from "@effect/sql-pg"
import { Duration, Effect, Redacted } from "effect"
import type { Config } from "../config/Config.ts"
import { QueryTimeout, runQuery } from "../repositories/QueryRunner.ts"
import * as ConnectionPool from "./ConnectionPool.ts"
import { watch } from "./DeadConnectionMonitor.ts"
import { types } from "./PgTimestampCodec.ts"
import * as PooledSqlClient from "./PooledSqlClient.ts"
import { socketFactory } from "./PostgresSocket.ts"

const common = (settings: Config) => ({
  applicationName: "effect-tasks",
  types,
  idleTimeout: settings.DATABASE_POOL_IDLE,
  connectTimeout: settings.DATABASE_CONNECT_TIMEOUT
})

// Enough for nearly all that is gained by it, and few enough to wait for.
const share = 4

/**
 * Statements that only read share connections: several go out together, which takes a tenth and more off the processor
 * time of a GET. Three connections of ten hold twelve of them; the others are for what writes, one statement each.
 */
const lanesOf = (settings: Config) => {
  const { DATABASE_POOL_MAX: most, DATABASE_POOL_MIN: least, DATABASE_HEAVY_POOL_MAX: slow } = settings
  const all = {
    queue: settings.DATABASE_POOL_QUEUE_MAX,
    lifetime: Duration.toMillis(settings.DATABASE_POOL_LIFETIME),
    limit: Duration.toMillis(settings.DATABASE_QUERY_TIMEOUT)
  }
  const forReads = Math.ceil(most * 0.3)
  const forWrites = most - forReads
  return {
    quick: { ...all, share: 1, minConnections: least, maxConnections: most },
    reads: { ...all, share, minConnections: Math.min(least, forReads), maxConnections: forReads },
    writes: { ...all, share: 1, minConnections: Math.min(least, forWrites), maxConnections: forWrites },
    slow: { ...all, share: 1, minConnections: 0, maxConnections: slow }
  }
}

/** Asked past the pools, which may have nothing left that answers. */
const atWork = (config: Parameters<typeof PgConnection.make>[0]) => (processes: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const connection = yield* PgConnection.make(config)
    const statement = "select pid from pg_stat_activity where pid = any ($1) and state not like 'idle%'"
    return new Set((yield* connection.queryValues(statement, [processes])).map(([pid]) => Number(pid)))
  }).pipe(
    Effect.scoped,
    runQuery,
    Effect.provideService(QueryTimeout, Duration.seconds(1)),
    Effect.catchDefect(Effect.fail)
  )

/** Pools on a server. The server's own limits end what we no longer wait for, so that no lock outlives its caller. */
export const layerPool = (settings: Config, url: Redacted.Redacted) => {
  const limit = Duration.toMillis(settings.DATABASE_QUERY_TIMEOUT)
  // A transaction pooler between us and the server refuses parameters it does not know, and its processes are not ours.
  const isDirect = settings.DATABASE_DIRECT_URL === undefined
  const config = {
    ...common(settings),
    url,
    ...(isDirect && {
      startupParameters: {
        statement_timeout: String(limit),
        lock_timeout: String(limit),
        idle_in_transaction_session_timeout: String(limit)
      }
    })
  }
  const { quick, reads, slow, writes } = lanesOf(settings)
  return PooledSqlClient.layer(
    Effect.gen(function* () {
      const { sockets, stream } = socketFactory(Redacted.value(url))
      const make = (lane: typeof quick) => ConnectionPool.make({ ...config, ...lane, stream })
      // One connection cannot be divided. Behind row level security, what reads is a transaction like any other.
      const isOne = writes.maxConnections === 0 || settings.DATABASE_RLS === "on"
      const one = isOne ? yield* make(quick) : undefined
      const lanes = {
        reads: one ?? (yield* make(reads)),
        writes: one ?? (yield* make(writes)),
        slow: yield* make(slow)
      }
      yield* watch({
        lanes: [...new Set(Object.values(lanes))],
        sockets,
        limit: limit + 250,
        atWork: isDirect ? atWork(config) : () => Effect.fail("not ours to know")
      })
      return lanes
    })
  )
}

/** One connection without limits in time, for migrations: they may have much to do, and wait for each other. */
export const layerDirect = (settings: Config, url: Redacted.Redacted) =>
  PgClient.layer({ ...common(settings), url, minConnections: 1, maxConnections: 1 })

/** The same client on a database inside this process. It has one session, so there is nothing to gain from several lanes. */
export const layerStream = (settings: Config, stream: () => Duplex) =>
  PooledSqlClient.layer(
    Effect.map(
      ConnectionPool.make({
        ...common(settings),
        ...lanesOf(settings).quick,
        stream,
        username: "postgres",
        database: "postgres",
        ssl: false
      }),
      (lane) => ({ reads: lane, writes: lane, slow: lane })
    )
  )
