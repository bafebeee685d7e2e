import { Clock, Duration, Effect, Layer, type Redacted } from "effect"
import { RateLimiter } from "effect/persistence"
import { ClientOfflineError } from "redis"
import * as Redis from "./Redis.ts"
import { consumeTokens, onlyTokenBuckets } from "./TokenBucket.ts"

// How long a request waits for an answer, and how long a server that gave none is left alone. An answer takes less than
// a millisecond, but on a busy machine nobody is given the processor that often.
const patience = 250
const pause = Duration.toMillis("1 second")

// A line that was cut without a word looks like a server that is slow: after so long a new one is tried.
const longSilence = Duration.toMillis("5 seconds")

/**
 * Says in how many milliseconds a bucket is full, and takes from it where it has enough. The time is the
 * server's: by their own clocks, which never quite agree, processes would promise what others refuse.
 */
const script = `
  local time = redis.call("TIME")
  local now = time[1] * 1000 + time[2] / 1000
  local tokens, limit, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local until_full = (tonumber(redis.call("GET", KEYS[1])) or now) - now
  local missing = math.min(math.max(until_full, 0), limit * interval)
  if math.floor((limit * interval - missing + 0.1) / interval) >= tokens then
    local after = missing + tokens * interval
    redis.call("SET", KEYS[1], string.format("%.17g", now + after), "PX", math.ceil(after))
  end
  return string.format("%.17g", until_full)
`

type Taking = Parameters<RateLimiter.RateLimiterStore["Service"]["tokenBucket"]>[0]

const ask = (client: Redis.Client, { key, limit, refillRate, tokens }: Taking) =>
  Effect.callback<number, Error>((resume) => {
    // A process that was busy itself must not blame Redis for it: what has come meanwhile is looked at first.
    const tooLate = () => resume(Effect.fail(new Error(`nothing came within ${patience} ms`)))
    const timer = setTimeout(() => setImmediate(tooLate), patience)
    client
      .eval(script, {
        keys: [`tasks:limit:${key}`],
        arguments: [String(tokens), String(limit), String(Duration.toMillis(refillRate))]
      })
      .then(
        (untilFull) => resume(Effect.succeed(Number(untilFull))),
        (error) => resume(Effect.fail(error))
      )
      .finally(() => clearTimeout(timer))
  })

/** Buckets that many processes share. Redis is never waited for longer than a moment, and is found again by itself. */
export const layer = (url: Redacted.Redacted) =>
  Layer.effect(
    RateLimiter.RateLimiterStore,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let trouble = "it is not connected yet"
      const connect = () =>
        Redis.open(url, ({ message }) => {
          trouble = message
        })
      let client = connect()
      yield* Effect.addFinalizer(() => Effect.sync(() => client.destroy()))
      yield* Redis.settled(client)

      let isAway = false
      let lastHeard = clock.currentTimeMillisUnsafe()
      let nextAttempt = 0

      const away = () =>
        new RateLimiter.RateLimiterError({
          reason: new RateLimiter.RateLimitStoreError({ message: `Redis does not answer: ${trouble}` })
        })

      const lost = (error: Error) => {
        if (!(error instanceof ClientOfflineError)) trouble = error.message
        isAway = true
        const now = clock.currentTimeMillisUnsafe()
        nextAttempt = now + pause
        if (now - lastHeard > longSilence) {
          client.destroy()
          client = connect()
          lastHeard = now
        }
        return away()
      }

      const heard = (options: Taking) => (untilFull: number) => {
        isAway = false
        lastHeard = clock.currentTimeMillisUnsafe()
        return consumeTokens(untilFull, options).answer
      }

      return {
        ...onlyTokenBuckets,
        tokenBucket: (options) =>
          Effect.suspend(() => {
            const now = clock.currentTimeMillisUnsafe()
            if (isAway && now < nextAttempt) return Effect.fail(away())
            // While one asks, the others need not.
            nextAttempt = now + pause
            return Effect.mapBoth(ask(client, options), { onFailure: lost, onSuccess: heard(options) })
          })
      }
    })
  )
