import { assert, layer } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Random } from "effect"
import type { FeedPosition } from "../../src/domain/Change.ts"
import { UserId } from "../../src/domain/User.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { lockWaits, OtherClient, repositoriesWithOtherClient } from "../support/OtherClient.ts"

const read = Effect.fnUntraced(function* (owner: UserId, position?: FeedPosition) {
  const changes = yield* ChangesRepo
  const page = yield* changes.read(owner, position, undefined)
  return { ...page, names: page.changes.map((change) => ("value" in change ? nameOf(change.value) : change.id)) }
})

const nameOf = (row: { readonly title: string } | { readonly name: string }) => ("title" in row ? row.title : row.name)

layer(repositoriesWithOtherClient, { excludeTestServices: true, timeout: 120_000 })("The sequence of changes", (it) => {
  it.effect("shows nothing of a later transaction while an earlier one is open", () =>
    Effect.gen(function* () {
      const [owner, other] = [UserId.make("held"), UserId.make("other")]
      const [sql, tags] = [yield* OtherClient, yield* TagRepo]
      yield* tags.create(owner, { name: "before" })
      const { position } = yield* read(owner)
      const later = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`insert into tag (user_id, id, name) values (${owner}, gen_random_uuid(), 'open')`
          const later = yield* Effect.forkDetach(tags.create(owner, { name: "later" }))
          yield* lockWaits()
          assert.deepInclude(yield* read(owner, position), { names: [], position })
          yield* tags.create(other, { name: "not waiting" })
          return later
        })
      )
      yield* Fiber.join(later)
      assert.deepStrictEqual((yield* read(owner, position)).names, ["open", "later"])
    })
  )

  it.effect("does not contain changes that were rolled back, and continues after them", () =>
    Effect.gen(function* () {
      const owner = UserId.make("rolled back")
      const [sql, tags] = [yield* OtherClient, yield* TagRepo]
      const { position } = yield* read(owner)
      const failed = sql`insert into tag (user_id, id, name) values (${owner}, gen_random_uuid(), 'undone')`.pipe(
        Effect.andThen(Effect.fail("undone")),
        sql.withTransaction
      )
      assert.strictEqual(yield* Effect.flip(failed), "undone")
      yield* tags.create(owner, { name: "kept" })
      assert.deepStrictEqual((yield* read(owner, position)).names, ["kept"])
    })
  )

  it.effect("numbers the changes of statements that take no number, such as those of the previous version", () =>
    Effect.gen(function* () {
      const owner = UserId.make("previous")
      const sql = yield* OtherClient
      const numbers = sql<{ seq: string }>`
        select seq::text from (select seq, title from task where user_id = ${owner}
          union all select seq, 'gone' from deletion where user_id = ${owner}) as row
        order by title
      `
      const seqs = Effect.map(numbers, (rows) => rows.map(({ seq }) => Number(seq)))
      yield* sql`
        insert into task (user_id, id, title) select ${owner}, gen_random_uuid(), t from unnest(array['a', 'b', 'c']) as t
      `
      assert.deepStrictEqual(yield* seqs, [1, 1, 1])
      yield* sql`update task set title = 'A' where user_id = ${owner} and title = 'a'`
      assert.deepStrictEqual((yield* seqs).toSorted(), [1, 1, 2])
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`delete from task where user_id = ${owner} and title = 'b'`
          yield* sql`update task set title = 'd' where user_id = ${owner} and title = 'c'`
        })
      )
      assert.deepStrictEqual((yield* seqs).toSorted(), [2, 3, 3])
    })
  )

  it.effect("gives one number to all rows of a transaction, and one to each of its users", () =>
    Effect.gen(function* () {
      const sql = yield* OtherClient
      yield* sql`
        insert into tag (user_id, id, name)
        select owner, gen_random_uuid(), owner || n from unnest(array['many 1', 'many 2']) as owner, generate_series(1, 9) as n
        order by owner
      `
      const [found] = yield* sql<{ numbers: number }>`
        select count(distinct (user_id, seq))::int as numbers from tag where user_id like 'many _'
      `
      assert.strictEqual(found?.numbers, 2)
    })
  )

  it.effect(
    "causes no deadlock and no error when one user does everything at once",
    () =>
      Effect.gen(function* () {
        const owner = UserId.make("everything")
        const [tasks, projects, tags] = [yield* TaskRepo, yield* ProjectRepo, yield* TagRepo]
        const [trash, account, sql] = [yield* TrashRepo, yield* AccountRepo, yield* OtherClient]
        const made = yield* Effect.forEach(Array.from({ length: 12 }), (_, n) =>
          tasks.create(owner, { title: `t${n}` })
        )
        const anyTask = Effect.map(Random.nextIntBetween(0, made.length - 1), (n) => made[n]?.id ?? assert.fail())
        const two = Effect.all([anyTask, anyTask])
        const date = "2026-01-01T00:00:00.000Z"
        const operations: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
          tasks.create(owner, { title: "new" }),
          Effect.flatMap(anyTask, (id) => tasks.update(owner, id, { title: "changed" }, undefined)),
          Effect.flatMap(anyTask, (id) => tasks.update(owner, id, { title: "changed" }, [2])),
          Effect.flatMap(two, ([id, before]) => tasks.move(owner, id, { before }, undefined)),
          Effect.flatMap(two, (ids) =>
            tasks.bulk(
              owner,
              ids.map((id) => ({ op: "update", id, change: { priority: "high" } }))
            )
          ),
          Effect.flatMap(anyTask, (id) => tasks.remove(owner, id, undefined)),
          Effect.flatMap(anyTask, (id) => trash.restore(owner, id)),
          Effect.flatMap(anyTask, (id) => Effect.andThen(tasks.remove(owner, id, undefined), trash.remove(owner, id))),
          Effect.flatMap(projects.create(owner, { name: "p" }), ({ id }) =>
            Effect.andThen(
              Effect.flatMap(anyTask, (task) => tasks.update(owner, task, { project_id: id }, undefined)),
              projects.remove(owner, id, undefined)
            )
          ),
          Effect.flatMap(Random.nextInt, (n) =>
            Effect.flatMap(tags.create(owner, { name: `tag ${n}` }), ({ id }) =>
              Effect.andThen(
                Effect.flatMap(two, (ids) =>
                  Effect.forEach(ids, (task) => tasks.update(owner, task, { tag_ids: [id] }, undefined), {
                    concurrency: 2
                  })
                ),
                tags.remove(owner, id, undefined)
              )
            )
          ),
          Effect.flatMap(anyTask, (id) =>
            account.restore(owner, "task", [
              {
                ...{ id, title: "imported", description: null, status: "pending", priority: "none", due_at: null },
                ...{ project_id: null, tag_ids: [], position: "n1", completed_at: null },
                ...{ version: 1, user_id: owner, created_at: date, updated_at: date }
              }
            ])
          ),
          Effect.andThen(
            sql`
              update task set deleted_at = now() - interval '31 days'
              where user_id = ${owner} and deleted_at is not null and next_seq(${owner}) > 0
            `,
            trash.purge
          )
        ]
        const random = Effect.flatMap(Random.nextIntBetween(0, operations.length - 1), (n) =>
          Effect.exit(operations[n] ?? assert.fail())
        )
        const exits = yield* Effect.forEach(Array.from({ length: 600 }), () => random, { concurrency: 16 })
        const defects = exits.flatMap((exit) => (Exit.isFailure(exit) && Cause.hasDies(exit.cause) ? [exit.cause] : []))
        assert.deepStrictEqual(defects.map(Cause.pretty), [])
        assert.isAbove(exits.filter(Exit.isSuccess).length, 200)
        const [statistics] = yield* sql<{ deadlocks: number }>`
          select deadlocks::int from pg_stat_database where datname = current_database()
        `
        assert.strictEqual(statistics?.deadlocks, 0)
      }).pipe(Random.withSeed("everything")),
    120_000
  )
})
