import { Cause, Console, Data, Effect, PlatformError, Predicate, Runtime } from "effect"
import { HttpServerError } from "effect/http"
import { Migrator, SqlError } from "effect/sql"

/** A command cannot do its work, or found errors. `message` is for operators. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{ readonly message: string }> {}

/** The message of the innermost cause: that of the system or of the database server. */
const innermostMessage = (error: unknown): string =>
  Predicate.hasProperty(error, "cause") && error.cause instanceof Error
    ? innermostMessage(error.cause)
    : error instanceof Error
      ? error.message
      : String(error)

export const formatError = (error: unknown): string => {
  if (SqlError.isSqlError(error))
    return `cannot use the database (DATABASE_URL, DATABASE_DIRECT_URL): ${innermostMessage(error)}`
  if (error instanceof HttpServerError.ServeError)
    return `cannot open the port (HOST, PORT): ${innermostMessage(error)}`
  if (error instanceof Migrator.MigrationError && error.cause instanceof Error)
    return `${error.message}, and nothing was applied: ${innermostMessage(error)}`
  // The library's own message leaves out what the system said, such as that a disk is full.
  if (error instanceof PlatformError.PlatformError) return innermostMessage(error.reason)
  return error instanceof Error ? error.message : String(error)
}

/** Writes a failure to stderr as one line. Only a defect has a stack. */
export const report = <A, E, R>(command: Effect.Effect<A, E, R>) =>
  Effect.tapCause(command, (cause) => {
    const error = Cause.squash(cause)
    if (Cause.hasInterruptsOnly(cause) || !Runtime.getErrorReported(error)) return Effect.void
    return Console.error(Cause.hasFails(cause) ? `tasks: ${formatError(error)}` : Cause.pretty(cause))
  })
