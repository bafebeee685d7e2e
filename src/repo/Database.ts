import { Context, Data, Duration, Effect } from "effect"
import type { SqlError } from "effect/sql"

/**
 * How long a caller waits for the database, counted on our side: a limit inside the server does
 * nothing when the server cannot be reached.
 */
export const Patience = Context.Reference<Duration.Duration>("tasks/repo/Patience", {
  defaultValue: () => Duration.seconds(3)
})

/** The database was not heard from in time. */
export class DatabaseSilent extends Data.TaggedError("DatabaseSilent") {}

/**
 * What the database answers, or a defect: that it is away, refuses or is silent is news for one place
 * in `http/`, and not for any signature between here and there.
 */
export const answer = <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>): Effect.Effect<A, never, R> =>
  Effect.flatMap(Patience, (patience) =>
    statement.pipe(
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.die(new DatabaseSilent()) }),
      Effect.orDie
    )
  )
