import { Duration, Effect, Redacted } from "effect"
import { createClient } from "redis"

const connectTimeout = Duration.toMillis("2 seconds")

/** Tries again after a moment that grows to two seconds. */
const reconnectStrategy = (retries: number) => Math.min(50 * 2 ** retries, 2_000)

/**
 * A client that connects by itself, and again whenever the connection ends. What is asked meanwhile fails
 * at once: nobody waits in a queue for a server that may not come.
 */
export const open = (url: Redacted.Redacted, onError: (error: Error) => void) => {
  const client = createClient({
    url: Redacted.value(url),
    disableOfflineQueue: true,
    // Whoever asks has a limit of its own; a timer for each command would be a second one.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout, reconnectStrategy }
  })
  client.on("error", onError)
  // It gives up only when it is closed, and every failure on the way is told to `onError`.
  client.connect().catch(() => {})
  return client
}

export type Client = ReturnType<typeof open>

/** Waits until it is known whether the server is there, but not for long. */
export const settled = (client: Client) =>
  Effect.callback<void>((resume) => {
    for (const event of ["ready", "error"]) client.once(event, () => resume(Effect.void))
  }).pipe(Effect.timeoutOption("1 second"))

/** Asks once whether the server answers and runs scripts, which is all that is needed of it. */
export const probe = (url: Redacted.Redacted) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const client = createClient({ url: Redacted.value(url), socket: { connectTimeout, reconnectStrategy: false } })
      // Told by the promise as well.
      client.on("error", () => {})
      return client
    }),
    (client) =>
      Effect.tryPromise({
        try: async () => {
          await client.connect()
          await client.eval("return 1")
        },
        catch: (cause) => (cause instanceof Error ? cause : new Error(String(cause)))
      }).pipe(
        Effect.timeoutOrElse({ duration: "3 seconds", orElse: () => Effect.fail(new Error("no answer within 3 s")) })
      ),
    (client) => Effect.sync(() => client.destroy())
  )
