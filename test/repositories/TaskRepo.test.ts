import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Page } from "../../src/domain/Pagination.ts"
import { type Task, TaskId } from "../../src/domain/Task.ts"
import type { TaskQuery } from "../../src/domain/TaskQuery.ts"
import { UserId } from "../../src/domain/User.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { ada, bob } from "../support/TestAuth.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"

const missing = TaskId.make("00000000-0000-7000-8000-000000000000")

const titles = ({ items }: Page<Task>) => items.map(({ title }) => title)

/** Walks a list to its end by cursors, as a client does. */
const walk = Effect.fnUntraced(function* (
  owner: UserId,
  query: TaskQuery,
  between: Effect.Effect<unknown, unknown, TaskRepo> = Effect.void
) {
  const tasks = yield* TaskRepo
  const seen: Array<Task> = []
  let page = yield* tasks.list(owner, query)
  seen.push(...page.items)
  while (page.next !== undefined) {
    yield* between
    page = yield* tasks.list(owner, { ...query, cursor: { list: 0, ...page.next } })
    seen.push(...page.items)
  }
  return seen
})

describe.each(all)("TaskRepo on %s", (_, database) => {
  const services = Layer.provideMerge(TaskRepo.layer, Layer.merge(database, NodeCrypto.layerSecureRandom))

  layer(services, { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("finds a created task with the fields that the service sets", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const created = yield* tasks.create(ada, { title: "Buy milk 🥛" })
        assert.deepInclude(created, {
          title: "Buy milk 🥛",
          description: null,
          status: "pending",
          version: 1,
          user_id: ada
        })
        assert.match(created.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
        assert.match(created.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        assert.deepStrictEqual(yield* tasks.find(ada, created.id), created)
      })
    )

    it.effect("does not find another user's task", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const { id } = yield* tasks.create(ada, { title: "Ada's" })
        for (const attempt of [
          tasks.find(bob, id),
          tasks.update(bob, id, { title: "Bob's" }, undefined),
          tasks.update(bob, id, { title: "Bob's" }, [1]),
          tasks.remove(bob, id, undefined),
          tasks.remove(bob, id, [1])
        ]) {
          assert.strictEqual((yield* Effect.flip(attempt))._tag, "NotFound")
        }
        assert.strictEqual((yield* tasks.find(ada, id)).title, "Ada's")
        assert.notInclude(titles(yield* tasks.list(bob, {})), "Ada's")
      })
    )

    it.effect("lets two users have the same id without showing it", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const id = TaskId.make("019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e")
        yield* tasks.create(ada, { id, title: "mine" })
        yield* tasks.create(bob, { id, title: "mine too" })
        assert.strictEqual((yield* tasks.find(ada, id)).title, "mine")
        assert.strictEqual((yield* tasks.find(bob, id)).title, "mine too")
        yield* tasks.remove(bob, id, undefined)
        assert.strictEqual((yield* tasks.find(ada, id)).title, "mine")
      })
    )

    it.effect("fails with AlreadyExists and the existing task for a used id", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const first = yield* tasks.create(ada, { title: "first" })
        const refused = yield* Effect.flip(tasks.create(ada, { id: first.id, title: "second" }))
        assert(refused._tag === "AlreadyExists")
        assert.deepStrictEqual(refused.current, first)
      })
    )

    it.effect("changes only the given fields and increments the version", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const { id } = yield* tasks.create(ada, { title: "t", description: "d", status: "in_progress" })
        const named = yield* tasks.update(ada, id, { status: "completed" }, undefined)
        assert.deepInclude(named, { title: "t", description: "d", status: "completed", version: 2 })
        const cleared = yield* tasks.update(ada, id, { description: null }, undefined)
        assert.deepInclude(cleared, { title: "t", description: null, status: "completed", version: 3 })
        const untouched = yield* tasks.update(ada, id, {}, [3])
        assert.deepInclude(untouched, { title: "t", description: null, status: "completed", version: 4 })
        assert.isTrue(untouched.updated_at >= untouched.created_at)
      })
    )

    it.effect("fails with VersionConflict and the current task for another version", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const { id } = yield* tasks.create(ada, { title: "one" })
        const current = yield* tasks.update(ada, id, { title: "two" }, [1])
        for (const expected of [[1], [3, 4], []]) {
          const change = yield* Effect.flip(tasks.update(ada, id, { title: "three" }, expected))
          const removal = yield* Effect.flip(tasks.remove(ada, id, expected))
          assert.deepStrictEqual(
            [change, removal].map((problem) => problem._tag),
            ["VersionConflict", "VersionConflict"]
          )
          assert.deepStrictEqual("current" in change && change.current, current)
        }
        assert.strictEqual((yield* tasks.update(ada, id, { title: "three" }, [7, 2])).version, 3)
        yield* tasks.remove(ada, id, "*")
        assert.strictEqual((yield* Effect.flip(tasks.find(ada, id)))._tag, "NotFound")
      })
    )

    it.effect("lets exactly one of many concurrent updates of one version succeed", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const { id } = yield* tasks.create(ada, { title: "contended" })
        const writers = Array.from({ length: 20 }, (_, n) => tasks.update(ada, id, { title: `writer ${n}` }, [1]))
        const results = yield* Effect.all(writers.map(Effect.result), { concurrency: "unbounded" })
        const won = results.flatMap((result) => (result._tag === "Success" ? [result.success] : []))
        assert.lengthOf(won, 1)
        assert.deepStrictEqual(yield* tasks.find(ada, id), won[0])
        assert.isTrue(results.every((result) => result._tag === "Success" || result.failure._tag === "VersionConflict"))
      })
    )

    it.effect("lists the newest task first, in a finite number of pages", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("lister")
        for (let n = 0; n < 7; n++) yield* tasks.create(owner, { title: `t${n}` })
        const expected = ["t6", "t5", "t4", "t3", "t2", "t1", "t0"]
        assert.deepStrictEqual(titles(yield* tasks.list(owner, {})), expected)
        for (const limit of [1, 2, 3, 7, 8]) {
          assert.deepStrictEqual(
            (yield* walk(owner, { limit })).map(({ title }) => title),
            expected
          )
        }
        const second = yield* tasks.list(owner, { limit: 3, offset: 3, count: "exact" })
        assert.deepStrictEqual([titles(second), second.next !== undefined, second.total], [["t3", "t2", "t1"], true, 7])
        const behind = yield* tasks.list(owner, { limit: 3, offset: 7, count: "exact" })
        assert.deepStrictEqual([titles(behind), behind.next, behind.total], [[], undefined, 7])
      })
    )

    it.effect("neither skips nor repeats rows of the same millisecond", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        const owner = UserId.make("bulk")
        yield* sql`
          insert into task (user_id, id, title)
          select ${owner}, gen_random_uuid(), 'same time ' || n from generate_series(1, 45) as n
        `
        const seen = yield* walk(owner, { limit: 4 })
        assert.strictEqual(new Set(seen.map(({ id }) => id)).size, 45)
        assert.lengthOf(seen, 45)
      })
    )

    it.effect("lists unchanged rows exactly once while others are created and deleted", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("busy")
        const stay: Array<string> = []
        const go: Array<TaskId> = []
        for (let n = 0; n < 40; n++) {
          const { id } = yield* tasks.create(owner, { title: `t${n}` })
          if (n % 3 === 0) go.push(id)
          else stay.push(id)
        }
        const comeAndGo = Effect.gen(function* () {
          yield* tasks.create(owner, { title: "new" })
          const id = go.pop()
          if (id !== undefined) yield* tasks.remove(owner, id, undefined)
        })
        const seen = (yield* walk(owner, { limit: 5 }, comeAndGo)).map(({ id }) => id as string)
        assert.lengthOf(seen, new Set(seen).size)
        assert.includeMembers(seen, stay)
      })
    )

    it.effect("has check constraints that reject what the schema rejects", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        const row = { user_id: "checker", id: missing, title: "t", description: null, status: "pending", version: 1 }
        for (const wrong of [
          { title: "" },
          { title: "  \t" },
          { title: "😀".repeat(201) },
          { description: "x".repeat(2001) },
          { status: "done" },
          { version: 0 },
          { user_id: "" },
          { user_id: "u".repeat(256) }
        ]) {
          const error = yield* Effect.flip(sql`insert into task ${sql.insert({ ...row, ...wrong })}`)
          assert.strictEqual(error.reason._tag, "ConstraintError", JSON.stringify(wrong))
        }
        yield* sql`insert into task ${sql.insert({ ...row, title: "😀".repeat(200), description: "x".repeat(2000) })}`
      })
    )
  })
})
