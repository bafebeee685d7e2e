import { connect, isIP, type Socket } from "node:net"
import type { Duplex } from "node:stream"
import { PgConnection } from "@effect/sql-pg"
import { Duration, Effect, Redacted } from "effect"
import type { SqlError } from "effect/sql"
import { type PostgresUrl, parsePostgresUrl } from "../config/PostgresUrl.ts"
import { makeSqlError } from "./SqlErrors.ts"

/** One way to connect: to one host, with or without TLS. */
interface Route {
  readonly host: string
  readonly config: PgConnection.Config
  readonly connect: () => Duplex
}

/** All ways to connect. New connections begin with the one that worked last. */
export interface Routes {
  readonly all: ReadonlyArray<Route>
  /** Whether only a server that accepts writes is used: `target_session_attrs`. */
  readonly isWritable: boolean
  preferred: number
  /** In the time of `performance.now`: connections that were open before are to be replaced. */
  renewedAt: number
}

const connectSocket = (host: string, port: number): Socket =>
  host.startsWith("/")
    ? connect({ path: `${host}/.s.PGSQL.${port}` })
    : // Keepalive is for idle connections; the watchdog checks the others.
      connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 })

/** Over a Unix socket there is no TLS. */
const tlsVariants = ({ tls, tlsOptions }: PostgresUrl, host: string): ReadonlyArray<PgConnection.Config["ssl"]> => {
  if (host.startsWith("/") || tls === "disable") return [false]
  const encrypted = { host, ...(isIP(host) === 0 && { servername: host }), ...tlsOptions }
  return tls === "prefer" ? [encrypted, false] : [encrypted]
}

/**
 * The ways to connect to a URL: hosts in their order, and for `sslmode=prefer` each with TLS first. `sockets` are those
 * that are open or being opened, and since when.
 */
export const routesTo = (url: string) => {
  const parsed = parsePostgresUrl(url)
  const sockets = new Map<Socket, number>()
  const all = parsed.hosts.flatMap(({ host, port }) => {
    const connect = () => {
      const socket = connectSocket(host, port)
      sockets.set(socket, performance.now())
      socket.once("close", () => sockets.delete(socket))
      return socket
    }
    return tlsVariants(parsed, host).map((ssl): Route => ({ host: `${host}:${port}`, connect, config: { host, ssl } }))
  })
  const { applicationName, connectTimeout, database, isWritable, options, password, username } = parsed
  const config: PgConnection.Config = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: Redacted.make(password) }),
    ...(database !== undefined && { database }),
    ...(applicationName !== undefined && { applicationName }),
    ...(options !== undefined && { startupOptions: options }),
    ...(connectTimeout !== undefined && { connectTimeout: Duration.seconds(connectTimeout) })
  }
  const routes: Routes = { all, isWritable, preferred: 0, renewedAt: Number.NEGATIVE_INFINITY }
  return { config, routes, sockets }
}

/** The single route to a database inside this process. */
export const routeOver = (connect: () => Duplex): Routes => ({
  all: [{ host: "", connect, config: { ssl: false } }],
  isWritable: false,
  preferred: 0,
  renewedAt: Number.NEGATIVE_INFINITY
})

const messagesOf = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${"code" in error ? error.code : ""} ${messagesOf(error.cause)}` : ""

/** Whether the server answered and has no TLS that both sides know. */
const isTlsRefused = ({ reason }: SqlError.SqlError) =>
  /refused TLS|EPROTO|ERR_SSL/.test(`${reason.message} ${messagesOf(reason.cause)}`)

/** A standby and a read-only session refuse writes. The next host may be the primary. */
const checkWritable = (connection: PgConnection.PgConnection) =>
  Effect.flatMap(connection.queryValues("show transaction_read_only"), (rows) =>
    rows[0]?.[0] === "off"
      ? Effect.void
      : makeSqlError("ConnectionError", "connect", "the server is read-only, and target_session_attrs refuses it")
  )

/** Whatever prevents a connection, be it a changed password or a database that is being restored, may pass. */
const toConnectionError = (error: SqlError.SqlError) => {
  const { _tag, cause, message } = error.reason
  return _tag === "ConnectionError" ? error : makeSqlError("ConnectionError", "connect", message, cause)
}

/** Opens a connection over the first route that works, and returns the socket, too: only it can be closed at once. */
export const openConnection = (config: PgConnection.Config, routes: Routes) => {
  const overRoute = (route: Route) =>
    Effect.suspend(() => {
      let socket: Duplex
      const stream = () => {
        const made = route.connect()
        socket ??= made
        return made
      }
      return PgConnection.make({ ...config, ...route.config, stream }).pipe(
        Effect.tap((connection) =>
          routes.isWritable
            ? Effect.tapError(checkWritable(connection), () => Effect.sync(() => socket.destroy()))
            : Effect.void
        ),
        Effect.map((connection) => {
          routes.preferred = routes.all.indexOf(route)
          return { connection, socket }
        })
      )
    })
  const attempt = (route: Route, others: ReadonlyArray<Route>): ReturnType<typeof overRoute> =>
    Effect.catch(overRoute(route), (error) => {
      const mayWork = ({ host }: Route) =>
        host === route.host ? isTlsRefused(error) : error.reason._tag === "ConnectionError"
      const index = others.findIndex(mayWork)
      const next = others[index]
      return next === undefined ? Effect.fail(error) : attempt(next, others.slice(index + 1))
    })
  return Effect.suspend(() => {
    const { all, preferred } = routes
    return attempt(all[preferred] as Route, [...all.slice(preferred + 1), ...all.slice(0, preferred)])
  }).pipe(Effect.mapError(toConnectionError))
}
