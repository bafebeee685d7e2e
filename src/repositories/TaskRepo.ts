import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { ValidationFailed } from "../api/errors/CommonErrors.ts"
import { TaskAlreadyExists, TaskNotFound, TaskVersionConflict } from "../api/errors/TaskErrors.ts"
import type { Page } from "../domain/Pagination.ts"
import { type Task, type TaskCreate, TaskId, type TaskMove, type TaskUpdate } from "../domain/Task.ts"
import type { TaskOperation } from "../domain/TaskBulk.ts"
import type { TaskQuery } from "../domain/TaskQuery.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { versionCondition } from "./ListQueries.ts"
import { mapConstraintViolation, onHeavyPool, runQuery } from "./QueryRunner.ts"
import { runAsUser, userTransaction } from "./RowLevelSecurity.ts"
import { ownColumns, tagsOf, taskColumns } from "./TaskColumns.ts"
import * as TaskList from "./TaskList.ts"
import * as TaskOrdering from "./TaskOrdering.ts"

// Another user's project is as unknown as one that never was: the foreign keys carry the owner.
const unknown = (field: string, what: string) => () =>
  new ValidationFailed({
    errors: [{ pointer: `/body/${field}`, code: "not_found", message: `You have no such ${what}` }]
  })

const references = mapConstraintViolation({
  task_project_id: unknown("project_id", "project"),
  task_tag_tag_id: unknown("tag_ids", "tag")
})

/** The problem of one operation, as that of the whole. A task that is not there is a fault of what was sent. */
const atIndex = (
  problem: TaskNotFound | TaskAlreadyExists | TaskVersionConflict | ValidationFailed,
  { op }: TaskOperation,
  index: number
): TaskAlreadyExists | TaskVersionConflict | ValidationFailed => {
  const at = `/body/operations/${index}`
  switch (problem._tag) {
    case "TaskAlreadyExists":
      return new TaskAlreadyExists({ current: problem.current, index })
    case "TaskVersionConflict":
      return new TaskVersionConflict({ current: problem.current, index })
    case "TaskNotFound":
      return new ValidationFailed({
        errors: [{ pointer: `${at}/id`, code: "not_found", message: "You have no such task" }]
      })
    case "ValidationFailed": {
      const part = `${at}/${op === "create" ? "task" : "change"}`
      return new ValidationFailed({
        errors: problem.errors.map((fault) => ({ ...fault, pointer: fault.pointer.replace("/body", part) }))
      })
    }
  }
}

/** Every method takes the owner first, and every statement carries it: to anyone else a task does not exist. */
export class TaskRepo extends Context.Service<
  TaskRepo,
  {
    list(owner: UserId, query: TaskQuery): Effect.Effect<Page<Task>>
    find(owner: UserId, id: TaskId): Effect.Effect<Task, TaskNotFound>
    create(owner: UserId, task: TaskCreate): Effect.Effect<Task, TaskAlreadyExists | ValidationFailed>
    update(
      owner: UserId,
      id: TaskId,
      change: TaskUpdate,
      expected: VersionMatch | undefined
    ): Effect.Effect<Task, TaskNotFound | TaskVersionConflict | ValidationFailed>
    move(
      owner: UserId,
      id: TaskId,
      move: TaskMove,
      expected: VersionMatch | undefined
    ): Effect.Effect<Task, TaskNotFound | TaskVersionConflict>
    /** All of the operations in their order, or none: the problem of the first that cannot be made names its index. */
    bulk(
      owner: UserId,
      operations: ReadonlyArray<TaskOperation>
    ): Effect.Effect<ReadonlyArray<Task | null>, TaskAlreadyExists | TaskVersionConflict | ValidationFailed>
    /** Puts it into the trash. */
    remove(
      owner: UserId,
      id: TaskId,
      expected: VersionMatch | undefined
    ): Effect.Effect<void, TaskNotFound | TaskVersionConflict>
  }
>()("tasks/repositories/TaskRepo") {
  static readonly layer = Layer.effect(
    TaskRepo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const random = yield* SecureRandom.SecureRandom

      const own = ownColumns(sql)
      const columns = taskColumns(sql)
      const sorted = (ids: ReadonlyArray<string>) => sql`array(select distinct unnest(${ids}::uuid[]) order by 1)`

      const list = (owner: UserId, query: TaskQuery) => TaskList.list(sql, columns, owner, query)

      const find = Effect.fnUntraced(function* (owner: UserId, id: TaskId) {
        const [task] = yield* runAsUser(owner)(
          sql<Task>`select ${columns} from task where user_id = ${owner} and id = ${id} and deleted_at is null`
        )
        return task ?? (yield* new TaskNotFound({}))
      })

      /** A write that met no row was meant for another version, or for nothing. */
      const missed = (owner: UserId, id: TaskId) =>
        Effect.flatMap(find(owner, id), (current) => Effect.fail(new TaskVersionConflict({ current })))

      const create = Effect.fnUntraced(function* (
        owner: UserId,
        task: TaskCreate
      ): Effect.fn.Return<Task, TaskAlreadyExists | ValidationFailed> {
        const id = task.id ?? TaskId.make(yield* random.uuidV7())
        const tags = task.tag_ids ?? []
        const status = task.status ?? "pending"
        const statement = sql<Task>`
          with created as (
            insert into task (user_id, id, title, description, status, priority, due_at, project_id, completed_at)
            values (
              ${owner}, ${id}, ${task.title}, ${task.description ?? null}, ${status}, ${task.priority ?? "none"},
              ${task.due_at ?? null}, ${task.project_id ?? null}, case when ${status === "completed"} then now() end
            )
            on conflict (user_id, id) do nothing
            returning *
          ), tagged as (
            insert into task_tag (user_id, task_id, tag_id)
            select distinct user_id, id, unnest(${tags}::uuid[]) from created
          )
          select ${own}, ${sorted(tags)} as tag_ids from created
        `
        const [created] = yield* runAsUser(owner)(references(statement))
        if (created !== undefined) return created
        // What is in the trash keeps its id: it may come back.
        const [current] = yield* runAsUser(owner)(
          sql<Task>`select ${columns} from task where user_id = ${owner} and id = ${id}`
        )
        // Gone for good between the two statements: then there is room for it after all.
        return current === undefined ? yield* create(owner, task) : yield* new TaskAlreadyExists({ current })
      })

      const update = Effect.fnUntraced(function* (
        owner: UserId,
        id: TaskId,
        change: TaskUpdate,
        expected: VersionMatch | undefined
      ): Effect.fn.Return<Task, TaskNotFound | TaskVersionConflict | ValidationFailed> {
        const tags = change.tag_ids
        const retag = sql`
          , untagged as (
            delete from task_tag using updated
            where task_tag.user_id = updated.user_id and task_id = updated.id and tag_id <> all (${tags ?? []}::uuid[])
          ), tagged as (
            insert into task_tag (user_id, task_id, tag_id)
            select distinct user_id, id, unnest(${tags ?? []}::uuid[]) from updated
            on conflict do nothing
          )
        `
        const statement = sql<Task>`
          with updated as (
            update task set
              title = coalesce(${change.title ?? null}, title),
              description = case when ${"description" in change} then ${change.description ?? null} else description end,
              status = coalesce(${change.status ?? null}, status),
              completed_at = case coalesce(${change.status ?? null}, status)
                when 'completed' then coalesce(completed_at, now()) end,
              priority = coalesce(${change.priority ?? null}, priority),
              due_at = case when ${"due_at" in change} then ${change.due_at ?? null}::timestamptz else due_at end,
              project_id = case when ${"project_id" in change} then ${change.project_id ?? null}::uuid else project_id end,
              version = version + 1,
              updated_at = now()
            where user_id = ${owner} and id = ${id} and deleted_at is null ${versionCondition(sql, expected)}
            returning *
          ) ${tags === undefined ? sql`` : retag}
          select ${own}, ${tags === undefined ? tagsOf(sql, "updated") : sorted(tags)} as tag_ids from updated
        `
        const [updated] = yield* runAsUser(owner)(references(statement))
        return updated ?? (yield* missed(owner, id))
      })

      const move = Effect.fnUntraced(function* (
        owner: UserId,
        id: TaskId,
        move: TaskMove,
        expected: VersionMatch | undefined
      ) {
        const moving = Effect.gen(function* () {
          const position = yield* TaskOrdering.positionBetween(sql, owner, id, move)
          return yield* sql<Task>`
            update task set position = ${position}, version = version + 1, updated_at = now()
            where user_id = ${owner} and id = ${id} and deleted_at is null ${versionCondition(sql, expected)}
            returning ${columns}
          `
        })
        const [moved] = yield* onHeavyPool(runQuery(userTransaction(sql, owner)(moving)))
        return moved ?? (yield* missed(owner, id))
      })

      const remove = Effect.fnUntraced(function* (owner: UserId, id: TaskId, expected: VersionMatch | undefined) {
        const [removed] = yield* runAsUser(owner)(sql`
          update task set deleted_at = now(), version = version + 1, updated_at = now()
          where user_id = ${owner} and id = ${id} and deleted_at is null ${versionCondition(sql, expected)}
          returning id
        `)
        if (removed === undefined) yield* missed(owner, id)
      })

      const perform = (
        owner: UserId,
        operation: TaskOperation
      ): Effect.Effect<Task | null, TaskNotFound | TaskAlreadyExists | TaskVersionConflict | ValidationFailed> => {
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
          Effect.mapError(perform(owner, operation), (problem) => atIndex(problem, operation, index))
        ).pipe(userTransaction(sql, owner), runQuery, onHeavyPool)

      return TaskRepo.of({ list, find, create, update, move, bulk, remove })
    })
  )
}
