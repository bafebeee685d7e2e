import { type Duration, Effect, Layer, Queue, Redacted, Ref, Schedule } from "effect"
import { Database } from "../database/Database.ts"
import { openConnection, routesTo } from "../database/PostgresSocket.ts"
import { ChangeBus, channel, makeMessages } from "./ChangeBus.ts"

interface Options {
  /** The URL of PostgreSQL itself, not of a transaction pooler. */
  readonly url: Redacted.Redacted
  readonly connectTimeout: Duration.Duration
}

const retry = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("5 seconds")])

// A lost announcement does no harm, so its transaction does not wait for the disk.
const notify = `select pg_notify('${channel}', $1), set_config('synchronous_commit', 'off', true)`

/**
 * LISTEN and NOTIFY of PostgreSQL. Announcements are no part of the transactions that they announce: NOTIFY takes a lock
 * that would make all commits of the database wait for each other.
 */
export const layer = ({ connectTimeout, url }: Options) =>
  Layer.effect(
    ChangeBus,
    Effect.gen(function* () {
      const db = yield* Database
      const { encode, receive, subscribe } = makeMessages()
      const isLive = yield* Ref.make(false)

      const { config, routes } = routesTo(Redacted.value(url))
      const applicationName = "effect-tasks live updates"
      const connect = openConnection({ connectTimeout, ...config, applicationName }, routes)

      /** Receives until the connection is lost. `false` if announcements do not arrive over such a connection. */
      const listen = Effect.gen(function* () {
        const { connection } = yield* connect
        const [[pid] = []] = yield* connection.queryValues("select pg_backend_pid()")
        // A transaction pooler reports a process id of its own, and runs LISTEN in a session that other clients use afterwards.
        if (Number(pid) !== connection.processId) return false
        const queue = yield* connection.listen(channel)
        yield* Ref.set(isLive, true)
        yield* Effect.logInfo("live updates between processes: LISTEN and NOTIFY")
        for (;;) receive((yield* Queue.take(queue)).payload)
      }).pipe(
        Effect.scoped,
        Effect.ensuring(Ref.set(isLive, false)),
        Effect.tapCause((cause) =>
          Effect.logWarning("live updates between processes: polling, because the connection for LISTEN failed", cause)
        ),
        Effect.retry(retry)
      )
      yield* Effect.forkScoped(
        Effect.flatMap(listen, () =>
          Effect.logWarning(
            "live updates between processes: polling, because DATABASE_URL leads through a pooler. Set DATABASE_DIRECT_URL for LISTEN and NOTIFY"
          )
        )
      )

      return {
        publish: (users) =>
          Ref.getUnsafe(isLive)
            ? Effect.forEach(encode(users), (message) => db.maintenance(notify, [message]), { discard: true })
            : Effect.void,
        subscribe,
        isLive: () => Ref.getUnsafe(isLive)
      }
    })
  )
