import { Clock, Duration, Effect, Layer, type Redacted } from "effect"
import { ClientOfflineError } from "redis"
import { consumeTokens, intervalOf, type TokenBucket } from "../domain/TokenBucket.ts"
import { RateLimitStore, RateLimitStoreUnavailable } from "./RateLimitStore.ts"
import * as Redis from "./Redis.ts"

// A response takes less than a millisecond. On a busy machine the process may get the processor much later.
const commandTimeout = 250
/** After a failure one command in this time tests whether the server is back. */
const retryInterval = Duration.toMillis("1 second")
/** A connection that was lost without a packet looks like a slow server: after this time a new one is opened. */
const reconnectAfter = Duration.toMillis("5 seconds")

/**
 * Returns in how many milliseconds the bucket is full, and takes the tokens if it has enough. The clock is the
 * server's: the clocks of several processes differ, and one would allow what another rejects.
 */
const script = `
  local time = redis.call("TIME")
  local now = time[1] * 1000 + time[2] / 1000
  local tokens, limit, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local until_full = (tonumber(redis.call("GET", KEYS[1])) or now) - now
  local missing = math.min(math.max(until_full, 0), limit * interval)
  local after = missing
  if math.floor((limit * interval - missing + 0.1) / interval) >= tokens then
    after = missing + tokens * interval
  end
  -- Without tokens taken, only after the clock was set back: the bucket would not be refilled until the old time.
  if after > missing or until_full > missing then
    redis.call("SET", KEYS[1], string.format("%.17g", now + after), "PX", math.ceil(after))
  end
  return string.format("%.17g", until_full)
`

const evaluate = (client: Redis.Client, key: string, numbers: ReadonlyArray<number>) =>
  client.eval(script, { keys: [`tasks:limit:${key}`], arguments: numbers.map(String) })

/** Fills a bucket that is empty again after a millisecond. Rejects if Redis refuses a command, a key or to write. */
export const attempt = (client: Redis.Client) => evaluate(client, "doctor", [1, 1, 1])

const evalScript = (client: Redis.Client, key: string, tokens: number, size: TokenBucket) =>
  Effect.callback<number, Error>((resume) => {
    // A response that arrived while this process was busy is read before the timeout counts.
    const onTimeout = () => resume(Effect.fail(new Error(`no response within ${commandTimeout} ms`)))
    const timer = setTimeout(() => setImmediate(onTimeout), commandTimeout)
    const numbers = [tokens, size.tokens, intervalOf(size)]
    evaluate(client, key, numbers)
      .then(
        (untilFull) => resume(Effect.succeed(Number(untilFull))),
        (error) => resume(Effect.fail(error))
      )
      .finally(() => clearTimeout(timer))
  })

/** Buckets shared by several processes. Fails within 250 ms while Redis is unavailable, and reconnects by itself. */
export const layer = (url: Redacted.Redacted) =>
  Layer.effect(
    RateLimitStore,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let lastError = "not connected yet"
      const connect = () =>
        Redis.open(url, ({ message }) => {
          lastError = message
        })
      let client = connect()
      yield* Effect.addFinalizer(() => Effect.sync(() => client.destroy()))
      yield* Redis.awaitFirstAttempt(client)

      let isFailing = false
      let lastResponseAt = clock.currentTimeMillisUnsafe()
      let nextAttemptAt = 0

      const unavailable = () => new RateLimitStoreUnavailable({ message: `Redis: ${lastError}` })

      const onFailure = (error: Error) => {
        if (!(error instanceof ClientOfflineError)) lastError = error.message
        isFailing = true
        const now = clock.currentTimeMillisUnsafe()
        nextAttemptAt = now + retryInterval
        if (now - lastResponseAt > reconnectAfter) {
          client.destroy()
          client = connect()
          lastResponseAt = now
        }
        return unavailable()
      }

      return {
        take: (key, tokens, size) =>
          Effect.suspend(() => {
            const now = clock.currentTimeMillisUnsafe()
            // More than the interval is left only after the clock was set back.
            const wait = nextAttemptAt - now
            if (isFailing && wait > 0 && wait <= retryInterval) return Effect.fail(unavailable())
            // Other requests do not wait while one of them tests the connection.
            nextAttemptAt = now + retryInterval
            return Effect.mapBoth(evalScript(client, key, tokens, size), {
              onFailure,
              onSuccess: (untilFull) => {
                isFailing = false
                lastResponseAt = clock.currentTimeMillisUnsafe()
                return consumeTokens(untilFull, tokens, size)
              }
            })
          })
      }
    })
  )
