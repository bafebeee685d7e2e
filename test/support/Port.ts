import { randomInt } from "node:crypto"
import { createServer } from "node:net"
import { Effect } from "effect"

/**
 * A port on which no process listens. It is below the range for outgoing connections: there, the kernel may give a client
 * that port for its own end, which connects the client to itself and keeps a server from starting.
 */
export const freePort = Effect.callback<number, Error>((resume) => {
  const port = randomInt(20_000, 30_000)
  const server = createServer()
  server.once("error", (error) => resume(Effect.fail(error)))
  server.listen(port, "127.0.0.1", () => server.close(() => resume(Effect.succeed(port))))
}).pipe(Effect.retry({ times: 20 }), Effect.orDie)
