import type { Duplex } from "node:stream"
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Duration, type Redacted, Result } from "effect"
import type { Settings } from "./Settings.ts"

const microsecondsTo2000 = 946_684_800_000_000n

/** Timestamps leave the wire as the text that the contract promises, and keep that form to the client. */
const types = PgTypes.makeRegistry()
types.register<string>(
  PgTypes.OID.timestamptz,
  {
    decode: (bytes) => {
      const microseconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0) + microsecondsTo2000
      return Result.succeed(new Date(Number(microseconds / 1000n)).toISOString())
    },
    encode: (text) => {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setBigInt64(0, BigInt(Date.parse(text)) * 1000n - microsecondsTo2000)
      return Result.succeed(bytes)
    }
  },
  { arrayOid: PgTypes.OID.timestamptzArray }
)

const common = (settings: Settings) => ({
  applicationName: "effect-tasks",
  types,
  minConnections: settings.DATABASE_POOL_MIN,
  maxConnections: settings.DATABASE_POOL_MAX,
  idleTimeout: settings.DATABASE_POOL_IDLE,
  connectTimeout: settings.DATABASE_CONNECT_TIMEOUT
})

/** A pool on a server. The server's own limits end what we no longer wait for, so that no lock outlives its caller. */
export const layerPool = (settings: Settings, url: Redacted.Redacted) => {
  const milliseconds = String(Duration.toMillis(settings.DATABASE_TIMEOUT))
  return PgClient.layer({
    ...common(settings),
    url,
    connectionTTL: settings.DATABASE_POOL_LIFETIME,
    keepAlive: "10 seconds",
    // A transaction pooler between us and the server refuses parameters it does not know.
    ...(settings.DATABASE_DIRECT_URL === undefined && {
      startupParameters: {
        statement_timeout: milliseconds,
        lock_timeout: milliseconds,
        idle_in_transaction_session_timeout: milliseconds
      }
    })
  })
}

/** One connection without limits in time, for migrations: they may have much to do, and wait for each other. */
export const layerDirect = (settings: Settings, url: Redacted.Redacted) =>
  PgClient.layer({ ...common(settings), url, minConnections: 1, maxConnections: 1 })

/** The same client on a database inside this process. */
export const layerStream = (settings: Settings, stream: () => Duplex) =>
  PgClient.layer({ ...common(settings), stream, username: "postgres", database: "postgres", ssl: false })
