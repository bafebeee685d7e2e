import { randomUUID } from "node:crypto"
import { Context, Effect, Layer } from "effect"
import type { UserId } from "../domain/User.ts"

/** The name of the channel, in Redis and in PostgreSQL. */
export const channel = "tasks_changes"

/**
 * Announces to the other processes of the service which users have changed something. Announcements may be lost: the
 * hub also compares the counters of all connected users from time to time.
 */
export class ChangeBus extends Context.Service<
  ChangeBus,
  {
    readonly publish: (users: ReadonlyArray<UserId>) => Effect.Effect<void, unknown>
    /** Sets the listener for the users in announcements of other processes. */
    readonly subscribe: (onUsers: (users: ReadonlyArray<UserId>) => void) => void
    /** Whether announcements of other processes arrive. Otherwise the hub compares the counters more often. */
    readonly isLive: () => boolean
  }
>()("tasks/events/ChangeBus") {
  /** For a database that only this process uses. */
  static readonly layerLocal = Layer.succeed(ChangeBus, {
    publish: () => Effect.void,
    subscribe: () => {},
    isLive: () => true
  })
}

// A payload of NOTIFY must be shorter than 8,000 bytes.
const maxBytes = 7_500

/** Announcements as messages of a channel. Each names its sender, who receives them too. */
export const makeMessages = () => {
  const self = randomUUID()
  let onUsers = (_: ReadonlyArray<UserId>) => {}

  const encode = (users: ReadonlyArray<UserId>) => {
    const messages: Array<Array<string>> = []
    let bytes = maxBytes
    for (const user of users) {
      const size = Buffer.byteLength(JSON.stringify(user)) + 1
      if (bytes + size > maxBytes) {
        messages.push([self])
        bytes = 0
      }
      messages.at(-1)?.push(user)
      bytes += size
    }
    return messages.map((message) => JSON.stringify(message))
  }

  /** The users in an announcement of another process; none for any other message. */
  const decode = (message: string) => {
    try {
      const [sender, ...users] = JSON.parse(message) as ReadonlyArray<unknown>
      // Another process of this service sent the ids, so they were validated there.
      const ids = users.filter((user) => typeof user === "string") as unknown as ReadonlyArray<UserId>
      return sender === self ? [] : ids
    } catch {
      return []
    }
  }

  return {
    encode,
    receive: (message: string) => onUsers(decode(message)),
    subscribe: (listener: typeof onUsers) => {
      onUsers = listener
    }
  }
}
