import { Context, Duration, Effect, Layer } from "effect"
import { Database } from "../database/Database.ts"
import { NotFound, VersionConflict } from "../domain/Errors.ts"
import type { ListQuery, Page } from "../domain/Pagination.ts"
import type { Task, TaskId, TrashedTask } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import type { ExpectedVersion, VersionMatch } from "../domain/Version.ts"
import { columnsOf, taskColumns } from "./Columns.ts"
import { listByTime } from "./ListQueries.ts"
import { deleteExpiredOfIdle, purge } from "./Purge.ts"
import { positionForRestored } from "./TaskOrdering.ts"
import { changed, lockText, versionCondition, versionParams } from "./VersionedTable.ts"

/** How long a task stays in the trash. The policy of the table has the same. */
export const retention = Duration.days(30)

const source = {
  table: "task",
  columns: columnsOf.task,
  where: "user_id = $1 and deleted_at is not null",
  key: "deleted_at"
} as const

const currentText = `select ${taskColumns} from task where user_id = $1 and id = $2 and deleted_at is not null`
const foundText = `select ${taskColumns} from task where user_id = $1 and id = $2`

// The task and the subtasks that were trashed with it, without those that were in the trash before. A task whose
// parent is in the trash comes back without a parent.
const restoreText = `
  with recursive tree as (
    select id, coalesce(trashed_with, id) as trashed_with from task where user_id = $1 and id = $2
    union all
    select task.id, tree.trashed_with from task
    join tree on task.user_id = $1 and task.parent_id = tree.id and task.trashed_with = tree.trashed_with
  )
  update task set
    deleted_at = null,
    trashed_with = null,
    position = case when task.id = $2 then $3 else position end,
    parent_id = case when task.id <> $2 or exists (
      select from task as parent
      where parent.user_id = $1 and parent.id = task.parent_id and parent.deleted_at is null
    ) then parent_id end,
    ${changed}
  from tree where task.user_id = $1 and task.id = tree.id
`

const removeText = (expected: ExpectedVersion) => `
  delete from task where user_id = $1 and deleted_at is not null and next_seq($1) > 0 and (id = $2 or trashed_with = $2)
    and exists (
      select from task
      where user_id = $1 and id = $2 and deleted_at is not null ${versionCondition(expected, "$3")}
    )
  returning id
`

const isExpired = `deleted_at < now() - interval '${Duration.toSeconds(retention)} seconds'`
const purgeText = `${deleteExpiredOfIdle("task", "id", isExpired, "id")} select id from purged`

/** The trash. Every method but the last takes the owner first, and every statement names it. */
export class TrashRepo extends Context.Service<
  TrashRepo,
  {
    /** The latest deleted first. */
    list(owner: UserId, query: ListQuery): Effect.Effect<Page<TrashedTask>>
    /** At its old position, or directly after the task that has it now. */
    restore(owner: UserId, id: TaskId, expected?: VersionMatch): Effect.Effect<Task, NotFound | VersionConflict<Task>>
    /** Deletes a task in the trash permanently. */
    remove(owner: UserId, id: TaskId, expected?: VersionMatch): Effect.Effect<void, NotFound | VersionConflict<Task>>
    /** Deletes expired tasks of all users, and yields how many. Several processes share the work. */
    readonly purge: Effect.Effect<number>
  }
>()("tasks/repositories/TrashRepo") {
  static readonly layer = Layer.effect(
    TrashRepo,
    Effect.gen(function* () {
      const db = yield* Database
      /** Why a write matched no row: the task has another version, or is not in the trash. */
      const missed = Effect.fnUntraced(function* (owner: UserId, id: TaskId) {
        const [current] = yield* db.query<Task>(owner, currentText, [id])
        if (current === undefined) return yield* new NotFound({ entity: "task", in: "trash" })
        return yield* new VersionConflict({ current })
      })

      return TrashRepo.of({
        list: (owner, query) => listByTime<"deleted_at", TrashedTask>(db, source, owner, query),
        restore: (owner, id, expected) =>
          Effect.gen(function* () {
            const lock = lockText("task", "id, position", "deleted_at is not null", expected)
            const params = [id, ...versionParams(expected)]
            const [found] = yield* db.write<Pick<Task, "id" | "position">>(owner, lock, params)
            if (found === undefined) return yield* missed(owner, id)
            const position = yield* positionForRestored(db, owner, found)
            yield* db.write(owner, restoreText, [id, position])
            // Its subtasks were counted when they came back.
            const [task] = yield* db.query<Task>(owner, foundText, [id])
            return task as Task
          }).pipe((work) => db.transaction(owner, work)),
        remove: Effect.fnUntraced(function* (owner, id, expected) {
          const params = [id, ...versionParams(expected)]
          const [removed] = yield* Effect.orDie(db.write(owner, removeText(expected), params))
          if (removed === undefined) yield* missed(owner, id)
        }),
        purge: purge(db, purgeText)
      })
    })
  )
}
