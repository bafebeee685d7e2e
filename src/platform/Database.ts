import type { Duplex } from "node:stream"
import { PgClient, PgConnection } from "@effect/sql-pg"
import { Duration, Effect, Redacted } from "effect"
import { answer, Patience } from "../repo/Database.ts"
import { dialing } from "./Dial.ts"
import * as Lane from "./Lane.ts"
import type { Settings } from "./Settings.ts"
import * as SqlLanes from "./SqlLanes.ts"
import { types } from "./Timestamps.ts"
import { watch } from "./Watch.ts"

const common = (settings: Settings) => ({
  applicationName: "effect-tasks",
  types,
  idleTimeout: settings.DATABASE_POOL_IDLE,
  connectTimeout: settings.DATABASE_CONNECT_TIMEOUT
})

const lanesOf = (settings: Settings) => {
  const both = { queue: settings.DATABASE_QUEUE, lifetime: Duration.toMillis(settings.DATABASE_POOL_LIFETIME) }
  return {
    quick: { ...both, minConnections: settings.DATABASE_POOL_MIN, maxConnections: settings.DATABASE_POOL_MAX },
    slow: { ...both, minConnections: 0, maxConnections: settings.DATABASE_SLOW_POOL_MAX }
  }
}

/** Asked past the pools, which may have nothing left that answers. */
const atWork = (config: Parameters<typeof PgConnection.make>[0]) => (processes: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const connection = yield* PgConnection.make(config)
    const statement = "select pid from pg_stat_activity where pid = any ($1) and state not like 'idle%'"
    return new Set((yield* connection.queryValues(statement, [processes])).map(([pid]) => Number(pid)))
  }).pipe(Effect.scoped, answer, Effect.provideService(Patience, Duration.seconds(1)), Effect.catchDefect(Effect.fail))

/** Pools on a server. The server's own limits end what we no longer wait for, so that no lock outlives its caller. */
export const layerPool = (settings: Settings, url: Redacted.Redacted) => {
  const limit = Duration.toMillis(settings.DATABASE_TIMEOUT)
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
  const { quick, slow } = lanesOf(settings)
  return SqlLanes.layer(
    Effect.gen(function* () {
      const { sockets, stream } = dialing(Redacted.value(url))
      const lanes = {
        quick: yield* Lane.make({ ...config, ...quick, stream }),
        slow: yield* Lane.make({ ...config, ...slow, stream })
      }
      yield* watch({
        lanes: [lanes.quick, lanes.slow],
        sockets,
        limit: limit + 250,
        atWork: isDirect ? atWork(config) : () => Effect.fail("not ours to know")
      })
      return lanes
    })
  )
}

/** One connection without limits in time, for migrations: they may have much to do, and wait for each other. */
export const layerDirect = (settings: Settings, url: Redacted.Redacted) =>
  PgClient.layer({ ...common(settings), url, minConnections: 1, maxConnections: 1 })

/** The same client on a database inside this process. It has one session, so there is nothing to gain from two lanes. */
export const layerStream = (settings: Settings, stream: () => Duplex) =>
  SqlLanes.layer(
    Effect.map(
      Lane.make({
        ...common(settings),
        ...lanesOf(settings).quick,
        stream,
        username: "postgres",
        database: "postgres",
        ssl: false
      }),
      (lane) => ({ quick: lane, slow: lane })
    )
  )
