import { Effect } from "effect"
import { generateNKeysBetween } from "fractional-indexing"
import type { Database } from "../database/Database.ts"
import { NotFound } from "../domain/Errors.ts"
import type { Task, TaskId, TaskMove } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import type { ExpectedVersion } from "../domain/Version.ts"
import { taskColumns } from "./Columns.ts"
import { changed, versionCondition, versionParams } from "./VersionedTable.ts"

interface Place {
  readonly id: TaskId
  readonly position: string
}

/** Longer keys are replaced: each move into the same gap makes one that is longer by a fraction of a character. */
const maxLength = 200

/**
 * How many tasks on either side of the anchor get new positions. None, as a rule. More are needed where several tasks
 * share a position, where a position is no key of the library's, or where keys have become long.
 */
const windows = [0, 32, 1024, 1_000_000]

/** Keys in order between two others, or `undefined` if there are none that are short enough. */
const keysBetween = (low: Place | undefined, high: Place | undefined, count: number) => {
  if (low !== undefined && high !== undefined && low.position >= high.position) return undefined
  try {
    const keys = generateNKeysBetween(low?.position ?? null, high?.position ?? null, count)
    return keys.every((key) => key.length <= maxLength) ? keys : undefined
  } catch {
    // The library throws on what is not a key of its own, which a database may contain.
    return undefined
  }
}

/** Up to `$5` visible tasks on one side of a place, the nearest first. */
const neighborsText = (comparison: "<" | ">", direction: "asc" | "desc") => `
  select id, position from task
  where user_id = $1 and deleted_at is null and id <> $2 and (position, id) ${comparison} ($3, $4::uuid)
  order by position ${direction}, id ${direction}
  limit $5
`

/** Inside a transaction: the user's tasks are placed one at a time, in the order and below others. */
export const lock = (db: Database["Service"], owner: UserId) => db.write(owner, "select next_seq($1)")

/** A position for a task directly before or after another one, which may give new positions to tasks around it. */
const positionBeside = Effect.fnUntraced(function* (
  db: Database["Service"],
  owner: UserId,
  moved: TaskId,
  anchor: Place,
  side: "before" | "after"
) {
  for (const window of windows) {
    const count = window + 1
    const params = [moved, anchor.position, anchor.id, count]
    const before = yield* db.query<Place>(owner, neighborsText("<", "desc"), params)
    const after = yield* db.query<Place>(owner, neighborsText(">", "asc"), params)
    const around = [...before.toReversed(), anchor, ...after]
    const index = before.length + (side === "after" ? 1 : 0)
    // Between these two everything gets a new position. Where there is no task beyond, there is no limit.
    const low = window === 0 ? index - 1 : before.length < count ? -1 : 0
    const high = window === 0 ? index : around.length - (after.length < count ? 0 : 1)
    const inner = around.slice(low + 1, high)
    const keys = keysBetween(around[low], around[high], inner.length + 1)
    if (keys === undefined) continue
    const [key = ""] = keys.splice(index - low - 1, 1)
    if (inner.length > 0) {
      const text = `
        update task set position = given.position, ${changed}
        from unnest($2::uuid[], $3::text[]) as given (id, position)
        where task.user_id = $1 and task.id = given.id and task.position <> given.position
      `
      yield* db.write(owner, text, [inner.map(({ id }) => id), keys])
    }
    return key
  }
  return yield* Effect.die(new Error("There is no position for the task"))
})

const findPlace = (db: Database["Service"], owner: UserId, id: TaskId) =>
  Effect.map(
    db.query<Place>(owner, "select id, position from task where user_id = $1 and id = $2 and deleted_at is null", [id]),
    ([place]) => place
  )

/** Inside a transaction: places a task beside another one. Yields nothing if there is no such task or version. */
export const move = Effect.fnUntraced(function* (
  db: Database["Service"],
  owner: UserId,
  id: TaskId,
  move: TaskMove,
  expected: ExpectedVersion
) {
  yield* lock(db, owner)
  const anchor = yield* findPlace(db, owner, "before" in move ? move.before : move.after)
  if (anchor === undefined) return yield* new NotFound({ entity: "task", in: "anchor" })
  // Checked before other tasks get new positions for it.
  const found = `select id from task where user_id = $1 and id = $2 and deleted_at is null ${versionCondition(expected, "$3")} for update`
  const params = [id, ...versionParams(expected)]
  if ((yield* db.write(owner, found, params)).length === 0) return undefined
  const position =
    anchor.id === id
      ? anchor.position
      : yield* positionBeside(db, owner, id, anchor, "before" in move ? "before" : "after")
  const text = `update task set position = $3, ${changed} where user_id = $1 and id = $2 returning ${taskColumns}`
  const [moved] = yield* db.write<Task>(owner, text, [id, position])
  return moved
})

/**
 * Inside a transaction that has locked the counter: the position of a restored task, which is its old one unless another
 * task has that.
 */
export const positionForRestored = Effect.fnUntraced(function* (db: Database["Service"], owner: UserId, task: Place) {
  const { id, position } = task
  const text = `
    select id, position from task where user_id = $1 and position = $2 and id <> $3 and deleted_at is null
    order by id desc limit 1
  `
  const [taken] = yield* db.query<Place>(owner, text, [position, id])
  return taken === undefined ? position : yield* positionBeside(db, owner, id, taken, "after")
})
