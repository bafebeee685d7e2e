import { Effect, Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** Maps a constraint violation to a domain error by the name of the constraint. Other errors are defects. */
export const mapConstraintViolation =
  <P>(errors: { readonly [constraint: string]: () => P }) =>
  <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>): Effect.Effect<A, P, R> =>
    Effect.catch(statement, (error) => {
      const { cause } = error.reason
      const name = Predicate.hasProperty(cause, "constraint") ? String(cause.constraint) : ""
      const mapped = errors[name]
      return mapped === undefined ? Effect.die(error) : Effect.fail(mapped())
    })
