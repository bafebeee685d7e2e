import type { PgConnection } from "@effect/sql-pg"
import { Effect, Fiber } from "effect"
import type { SqlError } from "effect/sql"
import type { UserId } from "../domain/User.ts"
import { makeSqlError } from "./SqlErrors.ts"

const setUser = "select set_config('tasks.user_id', $1, true) as user_id"

const isolationError = (command: string | undefined) =>
  makeSqlError("UnknownError", "query", "a statement was not executed in a transaction of its user", { command })

/**
 * One statement in a transaction that names its user, sent as four messages without waiting in between. A fiber started
 * by `runFork` runs until it waits, which is for the result: so the four are adjacent on a connection to which nothing
 * else is sent than such sequences.
 */
export const queryAsUser = Effect.fnUntraced(function* (
  connection: PgConnection.PgConnection,
  owner: UserId,
  text: string,
  params: ReadonlyArray<unknown>,
  isPrepared: boolean
): Effect.fn.Return<ReadonlyArray<PgConnection.Row>, SqlError.SqlError> {
  const send = (text: string, params?: ReadonlyArray<unknown>) =>
    Effect.runFork(connection.query(text, params, isPrepared))
  const [began, named, executed, committed] = [
    send("begin"),
    send(setUser, [owner]),
    send(text, params),
    send("commit")
  ] as const
  // All four are answered before any result is checked, so that no answer is left on the connection.
  yield* Fiber.await(committed)
  yield* Fiber.join(began)
  const [user] = (yield* Fiber.join(named)).rows
  const { rows } = yield* Fiber.join(executed)
  const { command } = yield* Fiber.join(committed)
  if (user?.user_id !== owner || command !== "COMMIT") return yield* isolationError(command)
  return rows
})
