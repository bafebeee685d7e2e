import { randomUUID } from "node:crypto"
import { Effect, Layer, type Redacted } from "effect"
import type { UserId } from "../domain/User.ts"
import * as Redis from "../rate-limit/Redis.ts"
import { ChangeBus, channel, makeMessages } from "./ChangeBus.ts"

/** Publish and subscribe of Redis. It reconnects by itself; meanwhile announcements are lost. */
export const layer = (url: Redacted.Redacted) =>
  Layer.effect(
    ChangeBus,
    Effect.gen(function* () {
      const { decode, encode } = makeMessages(randomUUID())
      let onUsers = (_: ReadonlyArray<UserId>) => {}
      const open = Effect.acquireRelease(
        Effect.sync(() => Redis.open(url, () => {})),
        (client) => Effect.sync(() => client.destroy())
      )
      // A connection that subscribes can send nothing else.
      const [publisher, subscriber] = [yield* open, yield* open]
      const subscribe = () => subscriber.subscribe(channel, (message) => onUsers(decode(message)))
      let isSubscribed = false
      // Once it has subscribed, the client repeats that by itself after a lost connection.
      subscriber.on("ready", () => {
        if (isSubscribed) return
        subscribe().then(
          () => {
            isSubscribed = true
          },
          () => {}
        )
      })
      yield* Redis.awaitFirstAttempt(subscriber)
      yield* Effect.logInfo("live updates between processes: Redis publish and subscribe")
      return {
        publish: (users) =>
          Effect.forEach(encode(users), (message) => Effect.tryPromise(() => publisher.publish(channel, message)), {
            discard: true
          }),
        subscribe: (listener) => {
          onUsers = listener
        },
        isLive: () => isSubscribed && subscriber.isReady
      }
    })
  )
