import { Context, Data, Duration, Effect, Predicate } from "effect"
import { SqlError } from "effect/sql"

/**
 * How long a caller waits for the database, counted on our side: a limit inside the server does
 * nothing when the server cannot be reached.
 */
export const QueryTimeout = Context.Reference<Duration.Duration>("tasks/repositories/Patience", {
  defaultValue: () => Duration.seconds(3)
})

/** Which connections are taken: what may be slow has some of its own, so that it never holds up what is quick. */
export const Lane = Context.Reference<"quick" | "slow">("tasks/repositories/Lane", { defaultValue: () => "quick" })

/** For work that grows with what a user has, or that waits for others. A transaction stays where it began. */
export const onHeavyPool = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.provideService(work, Lane, "slow")

/** The database was not heard from in time. */
export class QueryTimedOut extends Data.TaggedError("QueryTimedOut") {
  override readonly message = "the database did not answer in time"
}

/**
 * What the database answers. That it is away, refuses or is silent is a defect: news for one place in
 * `http/`, and not for any signature between here and there.
 *
 * The statement runs in a fiber of its own. One that is interrupted waits some seconds for the server
 * to acknowledge that, and who has run out of patience cannot wait for what does not answer. A timer of
 * Node's ends the patience: this happens for every statement, and a race of fibers costs five times as much.
 */
export const runQuery = <A, E, R>(
  statement: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, SqlError.SqlError>, R> =>
  Effect.withFiber<A, E, R>((caller) =>
    Effect.callback<A, E>((resume) => {
      const fiber = Effect.runForkWith(caller.context as Context.Context<R>)(statement)
      const patience = setTimeout(
        () => {
          // In this order: a statement that only waits ends at once, and would be heard as one that was called off.
          resume(Effect.die(new QueryTimedOut()))
          fiber.interruptUnsafe()
        },
        Duration.toMillis(caller.getRef(QueryTimeout))
      )
      fiber.addObserver((exit) => {
        clearTimeout(patience)
        resume(exit)
      })
      return Effect.sync(() => {
        clearTimeout(patience)
        fiber.interruptUnsafe()
      })
    })
  ).pipe(
    Effect.catch((error) =>
      SqlError.isSqlError(error) ? Effect.die(error) : Effect.fail(error as Exclude<E, SqlError.SqlError>)
    )
  )

/** Turns the violation of a constraint that a client can cause into its problem, by the constraint's name. */
export const mapConstraintViolation =
  <P>(problems: { readonly [constraint: string]: () => P }) =>
  <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>): Effect.Effect<A, SqlError.SqlError | P, R> =>
    Effect.catch(statement, (error): Effect.Effect<never, SqlError.SqlError | P> => {
      const { cause } = error.reason
      const name = Predicate.hasProperty(cause, "constraint") ? String(cause.constraint) : ""
      const problem = problems[name]
      return problem === undefined ? Effect.fail(error) : Effect.fail(problem())
    })
