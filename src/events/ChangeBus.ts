import { Context, Effect, Layer } from "effect"
import type { UserId } from "../domain/User.ts"

/** The name of the channel, in Redis and in PostgreSQL. */
export const channel = "tasks_changes"

/**
 * Tells the other processes of the service which users have changed something. It may lose announcements: the hub also
 * compares the counters of all connected users from time to time.
 */
export class ChangeBus extends Context.Service<
  ChangeBus,
  {
    readonly publish: (users: ReadonlyArray<UserId>) => Effect.Effect<void, unknown>
    /** Sets what is called with the users of announcements from other processes. */
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

/** Announcements as text. Each names its sender, who receives them too. */
export const makeMessages = (sender: string) => ({
  encode: (users: ReadonlyArray<UserId>): ReadonlyArray<string> => {
    const messages: Array<string> = []
    let part: Array<UserId> = []
    let bytes = 0
    for (const user of users) {
      const size = Buffer.byteLength(JSON.stringify(user)) + 1
      if (bytes + size > maxBytes) {
        messages.push(JSON.stringify([sender, ...part]))
        part = []
        bytes = 0
      }
      part.push(user)
      bytes += size
    }
    return part.length === 0 ? messages : [...messages, JSON.stringify([sender, ...part])]
  },

  /** The users of another process's announcement. Anything else is no announcement and names none. */
  decode: (message: string): ReadonlyArray<UserId> => {
    try {
      const [from, ...users] = JSON.parse(message) as ReadonlyArray<unknown>
      // Another process of this service sent the ids, so they were validated there.
      return from === sender
        ? []
        : (users.filter((user) => typeof user === "string") as unknown as ReadonlyArray<UserId>)
    } catch {
      return []
    }
  }
})
