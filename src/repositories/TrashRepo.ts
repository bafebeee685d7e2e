import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TaskNotFound } from "../api/errors/TaskErrors.ts"
import { defaultLimit, type ListQuery, type Page } from "../domain/Pagination.ts"
import type { Task, TaskId, TrashedTask } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import { buildPage, countRows, readPage } from "./ListQueries.ts"
import { onHeavyPool } from "./QueryRunner.ts"
import { runAsUser, runMaintenance } from "./RowLevelSecurity.ts"
import { taskColumns } from "./TaskColumns.ts"

/** How long a task can be taken back out of the trash. */
export const retention = Duration.days(30)

/** What was put away. Every method but the last takes the owner first, and every statement carries it. */
export class TrashRepo extends Context.Service<
  TrashRepo,
  {
    /** Last put away first. */
    list(owner: UserId, query: ListQuery): Effect.Effect<Page<TrashedTask>>
    restore(owner: UserId, id: TaskId): Effect.Effect<Task, TaskNotFound>
    /** For good. */
    remove(owner: UserId, id: TaskId): Effect.Effect<void, TaskNotFound>
    /** Removes what was kept long enough, of every user, and tells how many rows. Several processes share the work. */
    readonly purge: Effect.Effect<number>
  }
>()("tasks/repositories/TrashRepo") {
  static readonly layer = Layer.effect(
    TrashRepo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = taskColumns(sql)

      const list = Effect.fnUntraced(function* (owner: UserId, query: ListQuery) {
        const { cursor, limit = defaultLimit, offset = 0 } = query
        const where = sql`user_id = ${owner} and deleted_at is not null`
        const statement = sql<TrashedTask>`
          select ${columns}, deleted_at from task
          where ${where} ${cursor === undefined ? sql`` : sql`and (deleted_at, id) < (${cursor.key}, ${cursor.id})`}
          order by deleted_at desc, id desc
          limit ${limit + 1} offset ${offset}
        `
        const rows = yield* readPage(query, runAsUser(owner)(statement))
        const counted = query.count && (yield* countRows(sql, owner, "task", where))
        return buildPage(rows, query, ({ deleted_at, id }) => ({ key: deleted_at, id }), counted)
      })

      const restore = Effect.fnUntraced(function* (owner: UserId, id: TaskId) {
        const [task] = yield* runAsUser(owner)(sql<Task>`
          update task set deleted_at = null, version = version + 1, updated_at = now()
          where user_id = ${owner} and id = ${id} and deleted_at is not null
          returning ${columns}
        `)
        return task ?? (yield* new TaskNotFound({ detail: "You have no task with this id in the trash." }))
      })

      const remove = Effect.fnUntraced(function* (owner: UserId, id: TaskId) {
        const [removed] = yield* runAsUser(owner)(sql`
          delete from task where user_id = ${owner} and id = ${id} and deleted_at is not null returning id
        `)
        if (removed === undefined) {
          return yield* new TaskNotFound({ detail: "You have no task with this id in the trash." })
        }
      })

      // Rows that another process is removing are passed over, so nobody waits and nothing is done twice.
      const batch = runMaintenance(sql`
        delete from task where (user_id, id) in (
          select user_id, id from task where deleted_at < now() - ${Duration.toSeconds(retention)} * interval '1 second'
          limit 1000 for update skip locked
        )
        returning id
      `).pipe(Effect.map((rows) => rows.length))

      const purge = Effect.gen(function* () {
        let purged = 0
        for (let rows = 1; rows > 0; purged += rows) rows = yield* batch
        return purged
      }).pipe(onHeavyPool)

      return TrashRepo.of({ list, restore, remove, purge })
    })
  )
}
