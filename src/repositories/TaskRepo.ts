import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Database } from "../database/Database.ts"
import {
  type AlreadyExists,
  type NotFound,
  OperationFailed,
  type QuotaExceeded,
  UnknownReference,
  type VersionConflict
} from "../domain/Errors.ts"
import type { Page } from "../domain/Pagination.ts"
import { type Task, type TaskCreate, TaskId, type TaskMove, type TaskUpdate } from "../domain/Task.ts"
import type { TaskOperation } from "../domain/TaskBulk.ts"
import type { TaskQuery } from "../domain/TaskQuery.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { AccountQuotas } from "./AccountQuotas.ts"
import { mapConstraintViolation } from "./ConstraintViolations.ts"
import { rowColumns, taskColumns } from "./TaskColumns.ts"
import * as TaskList from "./TaskList.ts"
import * as TaskOrdering from "./TaskOrdering.ts"
import { changed, versionCondition, versionedTable } from "./VersionedTable.ts"

// Another user's project is as unknown as one that never was: the foreign keys contain the owner.
const mapReferences = mapConstraintViolation({
  task_project_id: () => new UnknownReference({ field: "project_id" }),
  task_tag_tag_id: () => new UnknownReference({ field: "tag_ids" })
})

const fields = {
  title: "text",
  description: "text",
  status: "text",
  priority: "text",
  due_at: "timestamptz",
  project_id: "uuid",
  completed_at: "timestamptz"
}

/** Completing a task sets the time, unless it was completed already. Any other status clears it. */
const completedAt = (status: string) =>
  `completed_at = case ${status}::text when 'completed' then coalesce(completed_at, now()) end`

/** Writes the tags, which are given as `$3`, together with the task. */
const withTags = (tag_ids: ReadonlyArray<string>) => ({
  columns: `${rowColumns}, set_task_tags(task.user_id, task.id, $3::uuid[]) as tag_ids`,
  params: [tag_ids]
})

const withoutTags = { columns: `${rowColumns}, '{}'::uuid[] as tag_ids` }

/** Every method takes the owner first, and every statement carries it: for other users a task does not exist. */
export class TaskRepo extends Context.Service<
  TaskRepo,
  {
    list(owner: UserId, query: TaskQuery): Effect.Effect<Page<Task>>
    find(owner: UserId, id: TaskId): Effect.Effect<Task, NotFound>
    create(owner: UserId, task: TaskCreate): Effect.Effect<Task, AlreadyExists<Task> | UnknownReference | QuotaExceeded>
    update(
      owner: UserId,
      id: TaskId,
      change: TaskUpdate,
      expected: VersionMatch | undefined
    ): Effect.Effect<Task, NotFound | VersionConflict<Task> | UnknownReference>
    /** Places the task directly before or after another. */
    move(
      owner: UserId,
      id: TaskId,
      move: TaskMove,
      expected: VersionMatch | undefined
    ): Effect.Effect<Task, NotFound | VersionConflict<Task>>
    /** All operations in their order, or none: the first that fails is named. */
    bulk(
      owner: UserId,
      operations: ReadonlyArray<TaskOperation>
    ): Effect.Effect<ReadonlyArray<Task | null>, OperationFailed>
    /** Moves the task to the trash. */
    remove(
      owner: UserId,
      id: TaskId,
      expected: VersionMatch | undefined
    ): Effect.Effect<void, NotFound | VersionConflict<Task>>
  }
>()("tasks/repositories/TaskRepo") {
  static readonly layer = Layer.effect(
    TaskRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const random = yield* SecureRandom.SecureRandom
      const table = versionedTable<Task>(db, {
        entity: "task",
        columns: taskColumns,
        fields,
        quota: (yield* AccountQuotas).task,
        isVisible: "deleted_at is null",
        alsoSet: { status: completedAt }
      })

      const create = Effect.fnUntraced(function* (owner: UserId, task: TaskCreate) {
        const id = task.id ?? TaskId.make(yield* random.uuidV7())
        // PostgreSQL reads "now" as the time of the transaction, which created_at has too.
        const values = task.status === "completed" ? { ...task, completed_at: "now" } : task
        const clauses = task.tag_ids?.length ? withTags(task.tag_ids) : withoutTags
        return yield* table.create(owner, id, mapReferences(table.insert(owner, id, values, clauses)))
      })

      const update = Effect.fnUntraced(function* (
        owner: UserId,
        id: TaskId,
        change: TaskUpdate,
        expected: VersionMatch | undefined
      ) {
        const clauses = change.tag_ids === undefined ? {} : withTags(change.tag_ids)
        const [updated] = yield* mapReferences(table.update(owner, id, change, expected, clauses))
        return updated ?? (yield* table.missed(owner, id))
      })

      const move = Effect.fnUntraced(function* (
        owner: UserId,
        id: TaskId,
        move: TaskMove,
        expected: VersionMatch | undefined
      ) {
        const moved = yield* db.heavy(db.transaction(owner, TaskOrdering.move(db, owner, id, move, expected)))
        return moved ?? (yield* table.missed(owner, id))
      })

      const remove = Effect.fnUntraced(function* (owner: UserId, id: TaskId, expected: VersionMatch | undefined) {
        const text = `
          update task set deleted_at = now(), ${changed}
          where user_id = $1 and id = $2 and deleted_at is null ${versionCondition(expected, "$3")}
          returning id
        `
        const params = expected === undefined || expected === "*" ? [id] : [id, expected]
        const [removed] = yield* Effect.orDie(db.write(owner, text, params))
        if (removed === undefined) yield* table.missed(owner, id)
      })

      const perform = (
        owner: UserId,
        operation: TaskOperation
      ): Effect.Effect<Task | null, OperationFailed["error"]> => {
        const expected = "version" in operation && operation.version !== undefined ? [operation.version] : undefined
        switch (operation.op) {
          case "create":
            return create(owner, operation.task)
          case "update":
            return update(owner, operation.id, operation.change, expected)
          case "delete":
            return Effect.as(remove(owner, operation.id, expected), null)
        }
      }

      const bulk = (owner: UserId, operations: ReadonlyArray<TaskOperation>) =>
        Effect.forEach(operations, (operation, index) =>
          Effect.mapError(perform(owner, operation), (error) => new OperationFailed({ index, error }))
        ).pipe((work) => db.heavy(db.transaction(owner, work)))

      return TaskRepo.of({
        list: (owner, query) => TaskList.list(db, owner, query),
        find: table.find,
        create,
        update,
        move,
        bulk,
        remove
      })
    })
  )
}
