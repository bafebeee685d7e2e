import { connect, type Socket } from "node:net"

/** A socket to where a URL leads, as PostgreSQL's own clients read it. */
export const connectSocket = (url: string): Socket => {
  const { hostname, port, searchParams } = new URL(url)
  const host = searchParams.get("host") ?? (decodeURIComponent(hostname.replace(/^\[(.*)\]$/, "$1")) || "localhost")
  const number = Number(searchParams.get("port") ?? (port || "5432"))
  return host.startsWith("/")
    ? connect({ path: `${host}/.s.PGSQL.${number}` })
    : // Keepalive is for idle connections; the watchdog checks the others.
      connect({ host, port: number, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 })
}

/** Makes sockets, and keeps track of those that are open or being opened, and since when. */
export const socketFactory = (url: string) => {
  const sockets = new Map<Socket, number>()
  const connect = () => {
    const socket = connectSocket(url)
    sockets.set(socket, performance.now())
    socket.once("close", () => sockets.delete(socket))
    return socket
  }
  return { sockets, connect }
}
