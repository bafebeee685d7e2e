import { Cause, Predicate } from "effect"
import { SqlError } from "effect/sql"

const stringProperty = (from: unknown, key: string) =>
  Predicate.hasProperty(from, key) && Predicate.isString(from[key]) ? from[key] : undefined

/**
 * A database error without values. The server's `detail` repeats the row, and the message of a data exception
 * (class 22) repeats the value; names of tables and constraints are not secret.
 */
const formatSqlError = ({ reason }: SqlError.SqlError) => {
  const code = stringProperty(reason.cause, "code")
  const hasSafeMessage = reason._tag === "ConnectionError" || (code !== undefined && /^(?!22)[0-9A-Z]{5}$/.test(code))
  const names = ["table", "column", "constraint"].flatMap((key) => {
    const name = stringProperty(reason.cause, key)
    return name === undefined ? [] : [`${key} ${name}`]
  })
  const message = hasSafeMessage ? stringProperty(reason.cause, "message") : undefined
  return [reason._tag, code, ...names, message].filter(Boolean).join(", ")
}

const formatError = (error: unknown): string => {
  if (SqlError.isSqlError(error)) return `SqlError: ${formatSqlError(error)}`
  if (!(error instanceof Error))
    return Predicate.isString(error) ? error : (stringProperty(error, "_tag") ?? typeof error)
  // The message of a SyntaxError quotes the input.
  return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`
}

/** The stack without the message at its start. */
const stackFrames = (error: unknown): string => {
  if (!(error instanceof Error) || SqlError.isSqlError(error)) return ""
  const stack = error.stack ?? ""
  const end = stack.indexOf(error.message)
  return end < 0 ? "" : stack.slice(end + error.message.length).replace(/^[^\n]*/, "")
}

const formatChain = (error: unknown, depth = 0): string => {
  const text = formatError(error) + stackFrames(error)
  const hasCause = depth < 5 && !SqlError.isSqlError(error) && error instanceof Error && error.cause !== undefined
  return hasCause ? `${text}\ncaused by ${formatChain(error.cause, depth + 1)}` : text
}

const errorsOf = (cause: Cause.Cause<unknown>) =>
  cause.reasons.flatMap((reason) =>
    Cause.isFailReason(reason) ? [reason.error] : Cause.isDieReason(reason) ? [reason.defect] : []
  )

/** A cause as text without values of rows or requests. Empty for an interruption. */
export const formatCause = (cause: Cause.Cause<unknown>) =>
  errorsOf(cause)
    .map((error) => formatChain(error))
    .join("\n")

/** The same as a cause, for exporters that format causes themselves. */
export const redactCause = (cause: Cause.Cause<unknown>): Cause.Cause<unknown> => {
  const errors = errorsOf(cause)
  if (errors.length === 0) return cause
  const text = formatError(errors[0])
  return Cause.die(Object.assign(new Error(text), { name: text.split(":", 1)[0], stack: formatCause(cause) }))
}
