import { connect, createServer, type Socket } from "node:net"
import { Effect } from "effect"
import * as Loopback from "./Loopback.ts"

export interface TcpProxy {
  /** The URL with the address of the proxy. */
  readonly through: (url: string) => string
  /** From now on drops all data without an error, also on new connections. */
  readonly drop: Effect.Effect<void>
  /** Like a firewall that lost its state: drops all data of open connections for ever, and forwards new ones. */
  readonly blackhole: Effect.Effect<void>
  /** Forwards data again. Dropped data stays lost. */
  readonly forward: Effect.Effect<void>
}

/** A TCP proxy that can drop data. */
export const open = Effect.fnUntraced(function* (port: number) {
  const sockets = new Set<Socket>()
  const deaf = new WeakSet<Socket>()
  let isOpen = true
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1")
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.on("data", (bytes) => {
        if (isOpen && !deaf.has(near)) to.write(bytes)
      })
      from.on("error", () => {})
      from.on("close", () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  const own = yield* Loopback.listen(server, () => {
    for (const socket of sockets) socket.destroy()
  })
  const tunnel: TcpProxy = {
    through: (url) => url.replace(`:${port}`, `:${own}`),
    drop: Effect.sync(() => {
      isOpen = false
    }),
    blackhole: Effect.sync(() => {
      for (const socket of sockets) deaf.add(socket)
    }),
    forward: Effect.sync(() => {
      isOpen = true
    })
  }
  return tunnel
})
