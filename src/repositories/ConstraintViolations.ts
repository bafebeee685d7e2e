import { Effect, Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** Turns the violation of a constraint into what a caller can act on, by the constraint's name. Other errors are defects. */
export const mapConstraintViolation =
  <P>(errors: { readonly [constraint: string]: () => P }) =>
  <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>): Effect.Effect<A, P, R> =>
    Effect.catch(statement, (error) => {
      const { cause } = error.reason
      const name = Predicate.hasProperty(cause, "constraint") ? String(cause.constraint) : ""
      const mapped = errors[name]
      return mapped === undefined ? Effect.die(error) : Effect.fail(mapped())
    })
