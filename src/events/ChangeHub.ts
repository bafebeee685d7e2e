import { Clock, Context, Data, Duration, Effect, Layer, Queue } from "effect"
import { emptyFeed, type FeedPosition } from "../domain/Change.ts"
import type { User, UserId } from "../domain/User.ts"
import { ChangesRepo } from "../repositories/ChangesRepo.ts"
import { ChangeBus } from "./ChangeBus.ts"

export type FeedEvent =
  | { readonly _tag: "Changes"; readonly position: FeedPosition }
  | { readonly _tag: "Heartbeat" }
  | { readonly _tag: "TokenExpired" }

/** Receives the events of a stream. `end` is the last call. */
export interface FeedSink {
  readonly send: (event: FeedEvent) => void
  readonly end: () => void
}

/** The user or the process has reached its maximum number of streams, or the process is stopping. */
export class StreamRefused extends Data.TaggedError("StreamRefused")<{
  readonly reason: "user" | "process" | "stopping"
}> {}

export const maxStreamsOfUser = 10

interface Options {
  /** Streams that this process may have. */
  readonly maxStreams: number
  /** How often the counters of all connected users are compared: as announcements arrive, and as they do not. */
  readonly comparison?: { readonly live: Duration.Duration; readonly polling: Duration.Duration }
}

const defaultComparison = { live: Duration.seconds(10), polling: Duration.seconds(1) }
const heartbeat = 15
// A change is announced at once, and those that follow it closely are announced together.
const pause = Duration.millis(50)

const noStatistics = {
  /** Open streams. */
  streams: 0,
  /** Users in announcements to other processes. */
  published: 0,
  /** Users in announcements of other processes. */
  received: 0,
  /** Seconds from the last change, or its announcement, until the streams received it. */
  lag: 0
}

interface Subscriber {
  readonly sink: FeedSink
  readonly expiresAt: number
  /** The second of the heartbeat interval in which this stream gets its heartbeat: not all streams are written at once. */
  readonly phase: number
}

interface Connected {
  readonly subscribers: Set<Subscriber>
  position: FeedPosition
}

/** Prefix of an announced erasure, which the counter of an account without rows does not show. No user id begins with it. */
const erasureMark = " "

/** Sends each stream of this process the end of its user's feed. */
export class ChangeHub extends Context.Service<
  ChangeHub,
  {
    /**
     * Opens a stream for a user. The sink receives the present end of the feed at once, and the new end after each
     * change. The stream ends when the token expires, the account is erased or the process stops. The returned function
     * closes it.
     */
    readonly open: (user: User) => Effect.Effect<(sink: FeedSink) => () => void, StreamRefused>
    /** A request of this process has changed something of the user. */
    readonly changed: (user: UserId) => void
    /** A request of this process has erased the user's account. Its streams end, in all processes. */
    readonly erased: (user: UserId) => void
    /** Ends all streams, and opens no more. */
    readonly close: Effect.Effect<void>
    readonly statistics: Readonly<typeof noStatistics>
  }
>()("tasks/events/ChangeHub") {
  static readonly layer = ({ comparison = defaultComparison, maxStreams }: Options) =>
    Layer.effect(
      ChangeHub,
      Effect.gen(function* () {
        const changes = yield* ChangesRepo
        const bus = yield* ChangeBus
        const clock = yield* Clock.Clock
        const connected = new Map<UserId, Connected>()
        const statistics = { ...noStatistics }
        let isClosed = false

        const endStreamsOf = (user: UserId) => {
          for (const { sink } of connected.get(user)?.subscribers ?? []) sink.end()
        }

        const update = (user: UserId, position: FeedPosition) => {
          const known = connected.get(user)
          if (known === undefined || (position.epoch === known.position.epoch && position.seq <= known.position.seq))
            return
          const isErased = known.position.epoch !== 0 && position.epoch !== known.position.epoch
          known.position = position
          if (isErased) endStreamsOf(user)
          else for (const { sink } of known.subscribers) sink.send({ _tag: "Changes", position })
        }

        /** Reads where the feeds of the connected ones of these users end, and updates their streams. */
        const refresh = (users: Iterable<UserId>) => {
          const asked = Array.from(users).filter((user) => connected.has(user))
          if (asked.length === 0) return Effect.void
          return Effect.map(changes.ends(asked), (ends) => {
            for (const user of asked) update(user, ends.get(user) ?? emptyFeed)
          })
        }

        const failing = new Set<string>()
        /** Logs the first of several failures in a row. */
        const logged = (what: string, effect: Effect.Effect<void, unknown>) =>
          Effect.matchCauseEffect(effect, {
            onFailure: (cause) => {
              if (failing.has(what)) return Effect.void
              failing.add(what)
              return Effect.logWarning(`live updates: ${what}`, cause)
            },
            onSuccess: () => Effect.sync(() => void failing.delete(what))
          })

        let changedHere = new Set<UserId>()
        let changedElsewhere = new Set<UserId>()
        const signal = yield* Queue.sliding<void>(1)
        bus.subscribe((users) => {
          statistics.received += users.length
          for (const user of users) {
            if (user.startsWith(erasureMark)) endStreamsOf(user.slice(erasureMark.length) as UserId)
            else if (connected.has(user)) changedElsewhere.add(user)
          }
          if (changedElsewhere.size > 0) Queue.offerUnsafe(signal, undefined)
        })
        const announce = Effect.gen(function* () {
          yield* Queue.take(signal)
          const began = clock.currentTimeMillisUnsafe()
          const [here, elsewhere] = [changedHere, changedElsewhere]
          changedHere = new Set()
          changedElsewhere = new Set()
          statistics.published += here.size
          const refreshed = logged("counters could not be read", refresh(new Set([...here, ...elsewhere])))
          const announced =
            here.size === 0 ? Effect.void : logged("changes could not be announced", bus.publish([...here]))
          yield* Effect.all([refreshed, announced], { concurrency: 2 })
          statistics.lag = (clock.currentTimeMillisUnsafe() - began) / 1000
          yield* Effect.sleep(pause)
        })
        yield* Effect.forkScoped(Effect.forever(announce))

        // An announcement may be lost, and programs such as imports announce nothing.
        const compare = Effect.gen(function* () {
          yield* Effect.sleep(bus.isLive() ? comparison.live : comparison.polling)
          yield* logged("counters could not be read", refresh(connected.keys()))
        })
        yield* Effect.forkScoped(Effect.forever(compare))

        let second = 0
        const tick = () => {
          second += 1
          const now = clock.currentTimeMillisUnsafe()
          for (const { subscribers } of connected.values()) {
            for (const { expiresAt, phase, sink } of subscribers) {
              if (expiresAt <= now) {
                sink.send({ _tag: "TokenExpired" })
                sink.end()
              } else if ((second + phase) % heartbeat === 0) {
                sink.send({ _tag: "Heartbeat" })
              }
            }
          }
        }
        yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep("1 second"), Effect.sync(tick))))

        const refusal = (user: UserId) => {
          if (isClosed) return new StreamRefused({ reason: "stopping" })
          if (statistics.streams >= maxStreams) return new StreamRefused({ reason: "process" })
          if ((connected.get(user)?.subscribers.size ?? 0) >= maxStreamsOfUser)
            return new StreamRefused({ reason: "user" })
          return undefined
        }

        const subscribe = (user: User, position: FeedPosition, sink: FeedSink) => {
          // Several streams may have been opened since the last check.
          if (refusal(user.id) !== undefined) {
            sink.end()
            return () => {}
          }
          const phase = statistics.streams % heartbeat
          const subscriber: Subscriber = { sink, expiresAt: Date.parse(user.expires_at), phase }
          statistics.streams += 1
          update(user.id, position)
          const known = connected.get(user.id) ?? { subscribers: new Set(), position }
          connected.set(user.id, known)
          known.subscribers.add(subscriber)
          sink.send({ _tag: "Changes", position: known.position })
          // For changes between the read of the counter and the subscription.
          changedElsewhere.add(user.id)
          Queue.offerUnsafe(signal, undefined)
          return () => {
            if (!known.subscribers.delete(subscriber)) return
            if (known.subscribers.size === 0) connected.delete(user.id)
            statistics.streams -= 1
          }
        }

        return {
          open: Effect.fnUntraced(function* (user) {
            const check = Effect.suspend(() => refusal(user.id) ?? Effect.void)
            yield* check
            const position = yield* changes.end(user.id)
            // Others may have been opened meanwhile.
            yield* check
            return (sink: FeedSink) => subscribe(user, position, sink)
          }),
          changed: (user) => {
            changedHere.add(user)
            Queue.offerUnsafe(signal, undefined)
          },
          erased: (user) => {
            endStreamsOf(user)
            changedHere.add(`${erasureMark}${user}` as UserId)
            Queue.offerUnsafe(signal, undefined)
          },
          close: Effect.sync(() => {
            isClosed = true
            for (const user of connected.keys()) endStreamsOf(user)
          }),
          statistics
        }
      })
    )
}
