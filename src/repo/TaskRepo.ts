import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { TaskChanged, TaskExists, TaskNotFound } from "../api/Problems.ts"
import { defaultLimit, type Page, type PageQuery } from "../domain/Page.ts"
import { type Task, type TaskCreate, TaskId, type TaskUpdate } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import type { Versions } from "../domain/Version.ts"
import { answer } from "./Database.ts"

/** Every method takes the owner first, and every statement carries it: to anyone else a task does not exist. */
export class TaskRepo extends Context.Service<
  TaskRepo,
  {
    list(owner: UserId, query: PageQuery): Effect.Effect<Page<Task>>
    find(owner: UserId, id: TaskId): Effect.Effect<Task, TaskNotFound>
    create(owner: UserId, task: TaskCreate): Effect.Effect<Task, TaskExists>
    update(
      owner: UserId,
      id: TaskId,
      change: TaskUpdate,
      expected: Versions | undefined
    ): Effect.Effect<Task, TaskNotFound | TaskChanged>
    remove(owner: UserId, id: TaskId, expected: Versions | undefined): Effect.Effect<void, TaskNotFound | TaskChanged>
  }
>()("tasks/repo/TaskRepo") {
  static readonly layer = Layer.effect(
    TaskRepo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const random = yield* SecureRandom.SecureRandom

      const columns = sql.literal("id, title, description, status, version, user_id, created_at, updated_at")

      const ifExpected = (expected: Versions | undefined) =>
        expected === undefined || expected === "*" ? sql`` : sql`and version in ${sql.in(expected)}`

      const list = Effect.fnUntraced(function* (owner: UserId, query: PageQuery): Effect.fn.Return<Page<Task>> {
        const { count, cursor, limit = defaultLimit, offset = 0 } = query
        // One row more than the page shows tells whether there is another page.
        const rows = yield* answer(sql<Task>`
          select ${columns} from task
          where user_id = ${owner}
          ${cursor === undefined ? sql`` : sql`and (created_at, id) < (${cursor.created_at}, ${cursor.id})`}
          order by created_at desc, id desc
          limit ${limit + 1} offset ${offset}
        `)
        return { items: rows.slice(0, limit), more: rows.length > limit, total: count && (yield* total(owner)) }
      })

      const total = (owner: UserId) =>
        Effect.map(
          answer(sql<{ total: number }>`select count(*)::int as total from task where user_id = ${owner}`),
          ([row]) => row?.total
        )

      const find = (owner: UserId, id: TaskId) =>
        Effect.flatMap(
          answer(sql<Task>`select ${columns} from task where user_id = ${owner} and id = ${id}`),
          ([task]) => (task === undefined ? Effect.fail(new TaskNotFound({})) : Effect.succeed(task))
        )

      /** A write that met no row was meant for another version, or for nothing. */
      const missed = (owner: UserId, id: TaskId) =>
        Effect.flatMap(find(owner, id), (current) => Effect.fail(new TaskChanged({ current })))

      const create = Effect.fnUntraced(function* (owner: UserId, task: TaskCreate): Effect.fn.Return<Task, TaskExists> {
        const id = task.id ?? TaskId.make(yield* random.uuidV7())
        const [created] = yield* answer(sql<Task>`
          insert into task (user_id, id, title, description, status)
          values (${owner}, ${id}, ${task.title}, ${task.description ?? null}, ${task.status ?? "pending"})
          on conflict (user_id, id) do nothing
          returning ${columns}
        `)
        if (created !== undefined) return created
        return yield* find(owner, id).pipe(
          Effect.flatMap((current) => Effect.fail(new TaskExists({ current }))),
          // Deleted between the two statements: then there is room for it after all.
          Effect.catchTag("TaskNotFound", () => create(owner, task))
        )
      })

      const update = (owner: UserId, id: TaskId, change: TaskUpdate, expected: Versions | undefined) =>
        Effect.flatMap(
          answer(sql<Task>`
            update task set
              title = coalesce(${change.title ?? null}, title),
              description = case when ${change.description !== undefined} then ${change.description ?? null} else description end,
              status = coalesce(${change.status ?? null}, status),
              version = version + 1,
              updated_at = now()
            where user_id = ${owner} and id = ${id} ${ifExpected(expected)}
            returning ${columns}
          `),
          ([task]) => (task === undefined ? missed(owner, id) : Effect.succeed(task))
        )

      const remove = (owner: UserId, id: TaskId, expected: Versions | undefined) =>
        Effect.flatMap(
          answer(sql`delete from task where user_id = ${owner} and id = ${id} ${ifExpected(expected)} returning id`),
          ([removed]) => (removed === undefined ? missed(owner, id) : Effect.void)
        )

      return TaskRepo.of({ list, find, create, update, remove })
    })
  )
}
