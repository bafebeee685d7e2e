import type { AddressInfo, Server } from "node:net"
import { Effect } from "effect"

/** Listens on a free port of 127.0.0.1 until the scope closes, and yields the port. `onClose` ends what is still open. */
export const listen = Effect.fnUntraced(function* (server: Server, onClose = () => {}) {
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.sync(() => {
        server.close()
        onClose()
      })
  )
  return (server.address() as AddressInfo).port
})
