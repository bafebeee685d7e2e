import { type Cause, Effect, Predicate } from "effect"
import { SqlError } from "effect/sql"
import { InternalServerError, ServiceUnavailable, ValidationFailed } from "../../api/errors/CommonErrors.ts"
import { QueryTimedOut } from "../../database/Database.ts"

const sqlStateOf = ({ reason }: SqlError.SqlError) =>
  Predicate.hasProperty(reason.cause, "code") && Predicate.isString(reason.cause.code) ? reason.cause.code : ""

// The database is unreachable, restarting, out of connections, too slow, or a standby that refuses writes: it may work in
// a moment. So it is with a deadlock or a serialization failure: nothing was changed, and another attempt may succeed.
const transientSqlState = /^(08|53|57P|57014|55P03|40001|40P01|25006|25P03|25P04)/
// Text or a number that the schema accepts and PostgreSQL cannot store, or a time zone that is newer than its database.
const invalidValueSqlState = /^(22021|22P05|22003|22P02|22023)/

const ofSqlError = (error: SqlError.SqlError) => {
  const state = sqlStateOf(error)
  if (error.reason._tag === "ConnectionError" || transientSqlState.test(state)) return new ServiceUnavailable({})
  return invalidValueSqlState.test(state)
    ? new ValidationFailed({ errors: [{ pointer: "", code: "invalid", message: "A value cannot be stored" }] })
    : new InternalServerError({})
}

/** The response to what no endpoint declares: a database that is unavailable (503), or a bug (500). */
export const toApiError = (thrown: unknown) => {
  if (SqlError.isSqlError(thrown)) return ofSqlError(thrown)
  return thrown instanceof QueryTimedOut ? new ServiceUnavailable({}) : new InternalServerError({})
}

/** Logs the cause of an error of the service. The client never sees it. */
export const logServerError = (
  error: { readonly status: number; readonly code: string },
  cause: Cause.Cause<unknown>
) => {
  if (error.status < 500) return Effect.void
  return error.status === 503 ? Effect.logWarning(error.code, cause) : Effect.logError(error.code, cause)
}
