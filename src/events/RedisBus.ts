import { Cause, Effect, Layer, type Redacted } from "effect"
import * as Redis from "../rate-limit/Redis.ts"
import { ChangeBus, channel, makeMessages } from "./ChangeBus.ts"

/** Announces no user. Rejects if Redis refuses the channel. */
export const attempt = async (client: Redis.Client) => {
  await client.publish(channel, "")
  await client.subscribe(channel, () => {})
}

/** Publish and subscribe of Redis. It reconnects by itself; meanwhile announcements are lost. */
export const layer = (url: Redacted.Redacted) =>
  Layer.effect(
    ChangeBus,
    Effect.gen(function* () {
      const { encode, receive, subscribe } = makeMessages()
      const open = Effect.acquireRelease(
        Effect.sync(() => Redis.open(url, () => {})),
        (client) => Effect.sync(() => client.destroy())
      )
      // A connection that subscribes can send nothing else.
      const [publisher, subscriber] = [yield* open, yield* open]
      const fork = Effect.runForkWith(yield* Effect.context<never>())
      let isSubscribed = false
      // Once it has subscribed, the client repeats that by itself after a lost connection.
      subscriber.on("ready", () => {
        if (isSubscribed) return
        const onSubscribed = () => {
          isSubscribed = true
          fork(Effect.logInfo("live updates between processes: Redis publish and subscribe"))
        }
        const onRefused = (error: unknown) => {
          const cause = Cause.fail(error)
          fork(Effect.logWarning("live updates between processes: polling, because Redis refuses to subscribe", cause))
        }
        subscriber.subscribe(channel, receive).then(onSubscribed, onRefused)
      })
      yield* Redis.awaitFirstAttempt(subscriber)
      return {
        publish: (users) =>
          Effect.forEach(encode(users), (message) => Effect.tryPromise(() => publisher.publish(channel, message)), {
            discard: true
          }),
        subscribe,
        isLive: () => isSubscribed && subscriber.isReady
      }
    })
  )
