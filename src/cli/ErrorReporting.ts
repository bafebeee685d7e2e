import { Cause, Console, Effect, Predicate, Runtime } from "effect"
import { HttpServerError } from "effect/http"
import { SqlError } from "effect/sql"

/** The innermost words of an error: those of the system or of the server, under those of the libraries. */
const reasonOf = (error: unknown): string =>
  Predicate.hasProperty(error, "cause") && error.cause instanceof Error
    ? reasonOf(error.cause)
    : error instanceof Error
      ? error.message
      : String(error)

/** For people: what failed, in the words of the system or the server. */
export const formatError = (error: unknown): string => {
  if (SqlError.isSqlError(error)) return `The database cannot be used: ${reasonOf(error)}`
  if (error instanceof HttpServerError.ServeError) return `The port cannot be opened: ${reasonOf(error)}`
  return error instanceof Error ? error.message : String(error)
}

/** Says on stderr why the command failed, in a line and without a stack. A bug of ours keeps its stack. */
export const report = <A, E, R>(command: Effect.Effect<A, E, R>) =>
  Effect.tapCause(command, (cause) => {
    const error = Cause.squash(cause)
    if (Cause.hasInterruptsOnly(cause) || !Runtime.getErrorReported(error)) return Effect.void
    return Console.error(Cause.hasFails(cause) ? `tasks: ${formatError(error)}` : Cause.pretty(cause))
  })
