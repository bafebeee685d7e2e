import { Context, Effect, Layer } from "effect"
import { Database } from "../database/Database.ts"
import { givenDue } from "../domain/DueTime.ts"
import {
  InvalidParent,
  NeverRecurs,
  type NotFound,
  OperationFailed,
  UnknownReference,
  VersionConflict
} from "../domain/Errors.ts"
import type { Page } from "../domain/Pagination.ts"
import type { CompletionsQuery, TaskCompletion } from "../domain/Recurrence.ts"
import type { Task, TaskCreate, TaskId, TaskMove, TaskUpdate } from "../domain/Task.ts"
import type { TaskOperation } from "../domain/TaskBulk.ts"
import type { TaskQuery } from "../domain/TaskQuery.ts"
import { localTimeAt } from "../domain/TimeZone.ts"
import type { UserId } from "../domain/User.ts"
import type { ExpectedVersion } from "../domain/Version.ts"
import { nextDate, nextOccurrence } from "../recurrence/Occurrences.ts"
import { dueColumn, dueColumns, rowColumns, taskColumns } from "./Columns.ts"
import { mapConstraintViolation } from "./ConstraintViolations.ts"
import { buildPage, countRows, limitClause, parameters } from "./ListQueries.ts"
import * as TaskList from "./TaskList.ts"
import * as TaskOrdering from "./TaskOrdering.ts"
import {
  changed,
  lockText,
  type ResourceRepo,
  versionCondition,
  versionedTable,
  versionParams
} from "./VersionedTable.ts"

// The foreign keys contain the owner, so another user's project is unknown.
const mapReferences = mapConstraintViolation<UnknownReference | InvalidParent>({
  task_project_id: () => new UnknownReference({ field: "project_id" }),
  task_parent_id: () => new UnknownReference({ field: "parent_id" }),
  task_parent_cycle: () => new InvalidParent({ reason: "cycle" }),
  task_parent_depth: () => new InvalidParent({ reason: "depth" }),
  task_tag_tag_id: () => new UnknownReference({ field: "tag_ids" })
})

/** Completing a task sets the time, unless it was completed already. Any other status clears it. */
const completedAt = (status: string) =>
  `completed_at = case ${status}::text when 'completed' then coalesce(completed_at, now()) end`

const toJson = (value: object | null | undefined) => value && JSON.stringify(value)

/** A change as the columns that it sets. */
const toColumns = (change: TaskUpdate) => {
  const { due, ...others } = dueColumns(change)
  return { ...change, ...others, due: toJson(due), recurrence: toJson(change.recurrence) }
}

/** Rejects a rule without occurrences. Without a due date any start date serves for this check. */
const checkRecurrence = ({ due, recurrence }: TaskUpdate) =>
  recurrence && nextDate(recurrence.rrule, due?.date ?? "2000-01-01") === undefined
    ? Effect.fail(new NeverRecurs())
    : Effect.void

interface Completed extends Pick<Task, "status" | "version" | "due" | "recurrence"> {
  readonly now: string
}

const completedColumns = `status, version, ${dueColumn}, recurrence, now() as now`

const recordText = `
  insert into task_completion (user_id, task_id, version, due)
  values ($1, $2, $3, $4::text::jsonb)
`

/** Today in the time zone of the due date, or else in that of the user. */
const dateOf = ({ due, now }: Completed, time_zone: string) =>
  new Date(localTimeAt(due?.time_zone ?? time_zone, Date.parse(now))).toISOString().slice(0, 10)

/** Writes the tags, which are given as `$3`, together with the task. */
const withTags = (tag_ids: ReadonlyArray<string>) => ({
  columns: `${rowColumns}, set_task_tags(task.user_id, task.id, $3::uuid[]) as tag_ids`,
  params: [tag_ids]
})

/** Unlike a subquery, the function sees tags that were set while the statement waited for the row. */
const withTagsOfNow = { columns: `${rowColumns}, task_tags(task.user_id, task.id) as tag_ids` }

const withoutTags = { columns: `${rowColumns}, '{}'::uuid[] as tag_ids` }

/** Deletes a task without subtasks in one statement. PostgreSQL checks the condition again if the row changes meanwhile. */
const removeText = (expected: ExpectedVersion) => `
  update task set deleted_at = now(), ${changed}
  where user_id = $1 and id = $2 and deleted_at is null and subtasks ->> 'total' = '0'
    ${versionCondition(expected, "$3")}
  returning id
`

const removeTreeText = (expected: ExpectedVersion) => `
  with recursive tree as (
    select id from task where user_id = $1 and id = $2 and deleted_at is null ${versionCondition(expected, "$3")}
    union all
    select task.id from task join tree on task.user_id = $1 and task.parent_id = tree.id
    where task.deleted_at is null
  )
  update task set
    deleted_at = now(), trashed_with = nullif($2, task.id), ${changed}
  from tree where task.user_id = $1 and task.id = tree.id
  returning task.id
`

const manyText = `select ${taskColumns} from task where user_id = $1 and id = any($2::uuid[])`

interface Methods
  extends ResourceRepo<Task, TaskCreate, TaskUpdate, UnknownReference | InvalidParent | NeverRecurs, TaskQuery> {
  /** The completed occurrences of the task, the latest first. */
  completions(owner: UserId, id: TaskId, query: CompletionsQuery): Effect.Effect<Page<TaskCompletion>, NotFound>
  /** Places the task directly before or after another. */
  move(
    owner: UserId,
    id: TaskId,
    move: TaskMove,
    expected: ExpectedVersion
  ): Effect.Effect<Task, NotFound | VersionConflict<Task>>
  /** All operations in their order, or none: the first that fails is named. */
  bulk(
    owner: UserId,
    operations: ReadonlyArray<TaskOperation>
  ): Effect.Effect<ReadonlyArray<Task | null>, OperationFailed>
}

/** A deleted task moves to the trash, with its subtasks. */
export class TaskRepo extends Context.Service<TaskRepo, Methods>()("tasks/repositories/TaskRepo") {
  static readonly layer = Layer.effect(
    TaskRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const table = yield* versionedTable<Task>({
        entity: "task",
        columns: taskColumns,
        isVisible: "deleted_at is null",
        alsoSet: { status: completedAt }
      })

      /** The changed row, or none if there is no such row, it has another version or it fails the condition. */
      const change = (owner: UserId, id: TaskId, change: TaskUpdate, expected: ExpectedVersion, condition = "true") => {
        const clauses = { ...(change.tag_ids === undefined ? withTagsOfNow : withTags(change.tag_ids)), condition }
        return Effect.map(
          mapReferences(table.updateRow(owner, id, toColumns(change), expected, clauses)),
          ([row]) => row
        )
      }

      /** Inside a transaction: completes a task, or the current occurrence of a recurring task. */
      const complete = Effect.fnUntraced(function* (
        owner: UserId,
        id: TaskId,
        given: TaskUpdate,
        expected: ExpectedVersion
      ) {
        const condition = versionParams(expected)
        const lock = lockText("task", completedColumns, "deleted_at is null", expected)
        const [task] = yield* db.write<Completed>(owner, lock, [id, ...condition])
        if (task === undefined) {
          // Another device completed the occurrence of this version: it is done, unless there is more to change.
          if (Object.keys(given).some((name) => name !== "status" && name !== "time_zone")) return undefined
          const text = `select from task_completion where user_id = $1 and task_id = $2 and version = any($3)`
          const isCompleted = condition.length > 0 && (yield* db.query(owner, text, [id, ...condition])).length > 0
          return isCompleted ? yield* Effect.catch(table.repo.find(owner, id), () => Effect.undefined) : undefined
        }
        const due = givenDue(given) === undefined ? task.due : (givenDue(given) ?? null)
        const recurrence = given.recurrence === undefined ? task.recurrence : given.recurrence
        if (recurrence === null || task.status === "completed") return yield* change(owner, id, given, undefined)
        yield* db.write(owner, recordText, [id, task.version, toJson(due) ?? null])
        const next = nextOccurrence(due, recurrence, dateOf(task, given.time_zone ?? "UTC"))
        if (next === undefined) return yield* change(owner, id, given, undefined)
        const { due_at: _, ...others } = given
        return yield* change(owner, id, { ...others, ...next, status: "pending" }, undefined)
      })

      /** Reads the tasks again: an operation on a subtask also changes its parent, which an earlier result may contain. */
      const withParents = Effect.fnUntraced(function* (owner: UserId, results: ReadonlyArray<Task | null>) {
        if (results.every((task) => task !== null && task.parent_id === null)) return results
        const ids = results.flatMap((task) => task?.id ?? [])
        const tasks = new Map((yield* db.query<Task>(owner, manyText, [ids])).map((task) => [task.id, task]))
        return results.map((task, n) => {
          const isLast = task !== null && results.findLastIndex((other) => other?.id === task.id) === n
          return isLast ? (tasks.get(task.id) ?? task) : task
        })
      })

      const perform = (
        owner: UserId,
        operation: TaskOperation
      ): Effect.Effect<Task | null, OperationFailed["error"]> => {
        const expected = "version" in operation && operation.version !== undefined ? [operation.version] : undefined
        switch (operation.op) {
          case "create":
            return repo.create(owner, operation.task)
          case "update":
            return repo.update(owner, operation.id, operation.change, expected)
          case "delete":
            return Effect.as(repo.remove(owner, operation.id, expected), null)
        }
      }

      const repo: Methods = {
        list: (owner, query) => TaskList.list(db, owner, query),

        find: table.repo.find,

        create: Effect.fnUntraced(function* (owner, task) {
          yield* checkRecurrence(task)
          // PostgreSQL reads "now" as the time of the transaction, which created_at has too.
          const completed = task.status === "completed" && { completed_at: "now" }
          const values = { ...toColumns(task), ...completed }
          const clauses = task.tag_ids?.length ? withTags(task.tag_ids) : withoutTags
          return yield* table.insertUnlessTaken(owner, task.id, (id) =>
            mapReferences(table.insertRow(owner, id, values, clauses))
          )
        }),

        update: Effect.fnUntraced(function* (owner, id, given, expected) {
          yield* checkRecurrence(given)
          const mayRecur = given.status === "completed" && given.recurrence !== null
          const updated =
            (yield* change(owner, id, given, expected, mayRecur ? "recurrence is null" : undefined)) ??
            (mayRecur ? yield* db.heavy(db.transaction(owner, complete(owner, id, given, expected))) : undefined)
          return updated ?? (yield* table.missed(owner, id))
        }),

        remove: Effect.fnUntraced(function* (owner, id, expected) {
          const params = [id, ...versionParams(expected)]
          const [alone] = yield* Effect.orDie(db.write(owner, removeText(expected), params))
          if (alone !== undefined) return
          const current = yield* table.repo.find(owner, id)
          if (current.subtasks.total === 0) return yield* new VersionConflict({ current })
          const work = Effect.andThen(TaskOrdering.lock(db, owner), db.write(owner, removeTreeText(expected), params))
          const removed = yield* db.heavy(db.transaction(owner, work))
          if (removed.length === 0) yield* table.missed(owner, id)
        }),

        completions: Effect.fnUntraced(function* (owner, id, query) {
          yield* table.repo.find(owner, id)
          const { add, params } = parameters()
          const where = `user_id = $1 and task_id = ${add(id)}`
          const count = [...params]
          const after = query.cursor === undefined ? "" : `and version < ${add(query.cursor.key)}::integer`
          const text = `
            select version, due, completed_at from task_completion where ${where} ${after}
            order by version desc ${limitClause(query, add)}
          `
          const rows = yield* db.query<TaskCompletion>(owner, text, params)
          const total = query.count && (yield* countRows(db, owner, "task_completion", where, count))
          return buildPage(rows, query, ({ version }) => ({ key: String(version), id }), total)
        }),

        move: Effect.fnUntraced(function* (owner, id, move, expected) {
          const moved = yield* db.heavy(db.transaction(owner, TaskOrdering.move(db, owner, id, move, expected)))
          return moved ?? (yield* table.missed(owner, id))
        }),

        bulk: (owner, operations) =>
          Effect.forEach(operations, (operation, index) =>
            Effect.mapError(perform(owner, operation), (error) => new OperationFailed({ index, error }))
          ).pipe(
            Effect.flatMap((results) => withParents(owner, results)),
            (work) => db.heavy(db.transaction(owner, work))
          )
      }
      return repo
    })
  )
}
