import { Context, Data, Duration, Effect, Fiber, Option } from "effect"

/**
 * How long a caller waits for the database, counted on our side: a limit inside the server does
 * nothing when the server cannot be reached.
 */
export const Patience = Context.Reference<Duration.Duration>("tasks/repo/Patience", {
  defaultValue: () => Duration.seconds(3)
})

/** The database was not heard from in time. */
export class DatabaseSilent extends Data.TaggedError("DatabaseSilent") {
  override readonly message = "the database did not answer in time"
}

/**
 * What the database answers, or a defect: that it is away, refuses or is silent is news for one place
 * in `http/`, and not for any signature between here and there.
 *
 * The statement runs in a fiber of its own. One that is interrupted waits some seconds for the server
 * to acknowledge that, and who has run out of patience cannot wait for what does not answer.
 */
export const answer = <A, E, R>(statement: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkDetach(statement, { startImmediately: true })
    const exit = yield* Fiber.await(fiber).pipe(
      Effect.timeoutOption(yield* Patience),
      Effect.onExit(() => Effect.sync(() => fiber.interruptUnsafe()))
    )
    return Option.isSome(exit) ? yield* Effect.orDie(exit.value) : yield* Effect.die(new DatabaseSilent())
  })
