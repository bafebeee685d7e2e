import { Cause, Effect, Layer, Predicate, type Types } from "effect"
import { HttpServerRespondable } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { SqlError } from "effect/sql"
import { InternalServerError, ServiceUnavailable, ValidationFailed } from "../api/errors/CommonErrors.ts"
import { ErrorHandler } from "../api/middleware/ErrorHandler.ts"
import { QueryTimedOut } from "../database/Database.ts"
import { Exchange } from "./RequestContext.ts"

type Undeclared = ValidationFailed | ServiceUnavailable | InternalServerError

const sqlStateOf = ({ reason }: SqlError.SqlError) =>
  Predicate.hasProperty(reason.cause, "code") && Predicate.isString(reason.cause.code) ? reason.cause.code : ""

// The database is away, going, full or too slow: it may be well in a moment. A deadlock or a
// serialization failure is of this kind too: nothing was done, and the next try may do it.
const mayPass = /^(08|53|57P|57014|55P03|40001|40P01)/
// Text or a number that the database cannot hold, and that the schema let through.
const badValue = /^(22021|22P05|22003|22P02)/

const ofSqlError = (error: SqlError.SqlError): Undeclared => {
  const state = sqlStateOf(error)
  if (error.reason._tag === "ConnectionError" || mayPass.test(state)) return new ServiceUnavailable({})
  return badValue.test(state)
    ? new ValidationFailed({ errors: [{ pointer: "", code: "invalid", message: "A value cannot be stored" }] })
    : new InternalServerError({})
}

/** What a handler could not speak of, as a problem. */
export const problemOf = (thrown: unknown): Undeclared => {
  if (SqlError.isSqlError(thrown)) return ofSqlError(thrown)
  return thrown instanceof QueryTimedOut ? new ServiceUnavailable({}) : new InternalServerError({})
}

/** The cause of a problem that is ours goes to the log, and nowhere else. */
export const report = (problem: { readonly status: number; readonly code: string }, cause: Cause.Cause<unknown>) =>
  problem.status < 500
    ? Effect.void
    : problem.status === 503
      ? Effect.logWarning(problem.code, cause)
      : Effect.logError(problem.code, cause)

/**
 * Declared problems and interruption pass; the rest becomes one of the problems that every endpoint declares.
 * It stands round every endpoint, so it is also where a request learns which one took it.
 */
export const FaultsLayer = Layer.succeed(ErrorHandler, (httpEffect, { endpoint }) =>
  Effect.flatMap(Exchange, (exchange) => {
    exchange.route = endpoint.path
    return Effect.catchCause(httpEffect, (cause): Effect.Effect<never, Types.unhandled | Undeclared> => {
      const thrown = Cause.squash(cause)
      const isDeclared = HttpServerRespondable.isRespondable(thrown) && !HttpApiError.HttpApiSchemaError.is(thrown)
      if (isDeclared || Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
      const problem = problemOf(thrown)
      return Effect.andThen(report(problem, cause), Effect.fail(problem))
    })
  })
)
