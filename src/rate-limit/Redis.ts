import { Duration, Effect, Redacted } from "effect"
import { createClient } from "redis"

const connectTimeout = Duration.toMillis("2 seconds")

/** Milliseconds before the next attempt to connect. */
const reconnectStrategy = (retries: number) => Math.min(50 * 2 ** retries, 2_000)

/** A client that reconnects by itself. Without a connection commands fail at once instead of being queued. */
export const open = (url: Redacted.Redacted, onError: (error: Error) => void) => {
  const client = createClient({
    url: Redacted.value(url),
    disableOfflineQueue: true,
    // The caller has a timeout of its own.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout, reconnectStrategy }
  })
  client.on("error", onError)
  // Rejects only after `destroy`; `onError` receives all other errors.
  client.connect().catch(() => {})
  return client
}

export type Client = ReturnType<typeof open>

/** Waits up to a second for the result of the first attempt to connect. */
export const awaitFirstAttempt = (client: Client) =>
  Effect.callback<void>((resume) => {
    for (const event of ["ready", "error"]) client.once(event, () => resume(Effect.void))
  }).pipe(Effect.timeoutOption("1 second"))

/** Connects once and tries what the service needs. */
export const probe = (url: Redacted.Redacted, attempt: (client: Client) => Promise<unknown>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const client = createClient({ url: Redacted.value(url), socket: { connectTimeout, reconnectStrategy: false } })
      // The promise below reports the same error.
      client.on("error", () => {})
      return client
    }),
    (client) =>
      Effect.tryPromise({
        try: async () => {
          await client.connect()
          await attempt(client)
        },
        catch: (cause) => (cause instanceof Error ? cause : new Error(String(cause)))
      }).pipe(
        Effect.timeoutOrElse({ duration: "3 seconds", orElse: () => Effect.fail(new Error("no response within 3 s")) })
      ),
    (client) => Effect.sync(() => client.destroy())
  )
