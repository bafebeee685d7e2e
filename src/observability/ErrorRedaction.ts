import { Cause, Predicate } from "effect"
import { SqlError } from "effect/sql"

const textOf = (from: unknown, key: string) =>
  Predicate.hasProperty(from, key) && Predicate.isString(from[key]) ? from[key] : undefined

/**
 * What the database says of an error. Its detail repeats the row, and the message of a data exception
 * (class 22) the value; names of tables and constraints are ours.
 */
const wordsOfSql = ({ reason }: SqlError.SqlError) => {
  const code = textOf(reason.cause, "code")
  const isTold = reason._tag === "ConnectionError" || (code !== undefined && /^(?!22)[0-9A-Z]{5}$/.test(code))
  const names = ["table", "column", "constraint"].flatMap((key) => {
    const name = textOf(reason.cause, key)
    return name === undefined ? [] : [`${key} ${name}`]
  })
  const message = isTold ? textOf(reason.cause, "message") : undefined
  return [reason._tag, code, ...names, message].filter(Boolean).join(", ")
}

const wordsOf = (error: unknown): string => {
  if (SqlError.isSqlError(error)) return `SqlError: ${wordsOfSql(error)}`
  if (!(error instanceof Error)) return Predicate.isString(error) ? error : (textOf(error, "_tag") ?? typeof error)
  // What cannot be parsed is quoted in the message.
  return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`
}

/** Where the error was made: the stack without the message that it begins with. */
const framesOf = (error: unknown): string => {
  if (!(error instanceof Error) || SqlError.isSqlError(error)) return ""
  const stack = error.stack ?? ""
  const end = stack.indexOf(error.message)
  return end < 0 ? "" : stack.slice(end + error.message.length).replace(/^[^\n]*/, "")
}

const chainOf = (error: unknown, depth = 0): string => {
  const words = wordsOf(error) + framesOf(error)
  const isDeeper = depth < 5 && !SqlError.isSqlError(error) && error instanceof Error && error.cause !== undefined
  return isDeeper ? `${words}\ncaused by ${chainOf(error.cause, depth + 1)}` : words
}

const reasonsOf = (cause: Cause.Cause<unknown>) =>
  cause.reasons.flatMap((reason) =>
    Cause.isFailReason(reason) ? [reason.error] : Cause.isDieReason(reason) ? [reason.defect] : []
  )

/** Why something failed, in words without the values of a row or a request. Empty when it was only interrupted. */
export const formatCause = (cause: Cause.Cause<unknown>) =>
  reasonsOf(cause)
    .map((error) => chainOf(error))
    .join("\n")

/** The same as a cause, for what makes its own words of causes. */
export const redactCause = (cause: Cause.Cause<unknown>): Cause.Cause<unknown> => {
  const errors = reasonsOf(cause)
  if (errors.length === 0) return cause
  const words = wordsOf(errors[0])
  return Cause.die(Object.assign(new Error(words), { name: words.split(":", 1)[0], stack: formatCause(cause) }))
}
