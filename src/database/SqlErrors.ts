import { SqlError } from "effect/sql"

/** An error that the library's driver does not know. After a `ConnectionError`, clients may retry in a moment. */
export const makeSqlError = (
  tag: "ConnectionError" | "UnknownError",
  operation: string,
  message: string,
  cause?: unknown
) => new SqlError.SqlError({ reason: new SqlError[tag]({ cause, message, operation }) })
