import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { generateKeyBetween } from "fractional-indexing"
import { TaskNotFound } from "../api/errors/TaskErrors.ts"
import type { TaskId, TaskMove } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"

interface Place {
  readonly position: string
}

/**
 * A position right before or after another task. To be asked inside the transaction that gives it to
 * the task: the lock makes the user's movers wait for each other, so two that aim at one gap get two
 * places, and the second one sees where the first one went.
 */
export const positionBetween = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  owner: UserId,
  id: TaskId,
  move: TaskMove
) {
  yield* sql`select pg_advisory_xact_lock(hashtextextended(${owner}, 0))`
  const isBefore = "before" in move
  const [anchor] = yield* sql<Place>`
    select position from task
    where user_id = ${owner} and id = ${isBefore ? move.before : move.after} and deleted_at is null
  `
  if (anchor === undefined) return yield* new TaskNotFound({ detail: "You have no task with the id to move to." })
  // What has the very same position counts as one place with the anchor: there is no room within.
  const [neighbour] = yield* isBefore
    ? sql<Place>`
        select position from task
        where user_id = ${owner} and position < ${anchor.position} and id <> ${id} and deleted_at is null
        order by position desc limit 1
      `
    : sql<Place>`
        select position from task
        where user_id = ${owner} and position > ${anchor.position} and id <> ${id} and deleted_at is null
        order by position limit 1
      `
  const other = neighbour?.position ?? null
  return isBefore ? generateKeyBetween(other, anchor.position) : generateKeyBetween(anchor.position, other)
})
