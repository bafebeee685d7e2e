import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { type Task, TaskPriority } from "../../src/domain/Task.ts"
import { fieldOf, type TaskQuery, TaskSort } from "../../src/domain/TaskQuery.ts"
import { UserId } from "../../src/domain/User.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { type Random, randomOf } from "../support/Random.ts"
import { ada, bob } from "../support/TestAuth.ts"
import { databases } from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"
import { type Filters, filtersOf, model, type Search, searchOf } from "./lists/Model.ts"
import { dues, fill, instants, type Known, times, zones } from "./lists/Rows.ts"

/** Reads a list to its end by cursors, as a client does. */
const readAll = Effect.fnUntraced(function* (
  owner: UserId,
  query: TaskQuery,
  between: (page: number) => Effect.Effect<unknown, unknown, TaskRepo | SqlClient.SqlClient> = () => Effect.void
) {
  const tasks = yield* TaskRepo
  const seen: Array<Task> = []
  let page = yield* tasks.list(owner, query)
  seen.push(...page.items)
  for (let n = 1; page.next !== undefined; n++) {
    yield* between(n)
    page = yield* tasks.list(owner, { ...query, cursor: { list: 0, ...page.next } })
    seen.push(...page.items)
  }
  return seen
})

const idsOf = (tasks: ReadonlyArray<Task>): ReadonlyArray<string> => tasks.map(({ id }) => id)

describe.each(databases)("TaskRepo.list on %s", (_, database) => {
  const services = Layer.provideMerge(TaskRepo.layer, Layer.merge(database, NodeCrypto.layerSecureRandom))

  layer(services, { excludeTestServices: true, timeout: 300_000 })((it) => {
    const assertSame = Effect.fnUntraced(function* (
      owner: UserId,
      random: Random,
      rows: ReadonlyArray<Known>,
      filters: Filters,
      search: Search | undefined,
      sort: TaskSort
    ) {
      const tasks = yield* TaskRepo
      const query: TaskQuery = { ...filters, sort, ...(search !== undefined && { q: search.q }) }
      const expected = model(rows, filters, search, sort)
      const about = JSON.stringify(query)
      const limit = random.one(expected.length < 20 ? [1, 2, 3] : [7, 20, 50, 199, 200, expected.length])
      assert.deepStrictEqual(idsOf(yield* readAll(owner, { ...query, limit: Math.min(limit, 200) })), expected, about)
      const offset = random.below(expected.length + 2)
      const page = yield* tasks.list(owner, { ...query, limit: 5, offset, count: "exact" })
      assert.deepStrictEqual(
        [idsOf(page.items), page.total, page.next !== undefined],
        [expected.slice(offset, offset + 5), expected.length, offset + 5 < expected.length],
        `${about} from ${offset}`
      )
      return expected.length
    })

    it.effect(
      "returns what the contract says for every filter, order and combination",
      () =>
        Effect.gen(function* () {
          const random = randomOf(20_261_120)
          const { projects, rows, tags } = yield* fill(random, ada, byTier(100, 250))
          yield* fill(random, bob, byTier(40, 100))
          let found = 0
          for (const sort of TaskSort.literals) {
            yield* assertSame(ada, random, rows, {}, undefined, sort)
            for (const [name, value] of filtersOf(random, projects, tags)) {
              found += yield* assertSame(ada, random, rows, { [name]: value }, undefined, sort)
            }
            found += yield* assertSame(ada, random, rows, {}, searchOf(random), sort)
          }
          for (const time_zone of zones) {
            for (const sort of ["due_at", "-due_at"] as const) {
              found += yield* assertSame(ada, random, rows, { time_zone }, undefined, sort)
              for (const name of ["due_before", "due_after"] as const) {
                for (const limit of ["2026-10-25", random.one(instants)]) {
                  found += yield* assertSame(ada, random, rows, { time_zone, [name]: limit }, undefined, sort)
                }
              }
            }
          }
          for (let n = 0; n < byTier(40, 120); n++) {
            const filters: Filters = Object.fromEntries(random.some(filtersOf(random, projects, tags), 0.3))
            const search = random.next() < 0.5 ? searchOf(random) : undefined
            found += yield* assertSame(ada, random, rows, filters, search, random.one(TaskSort.literals))
          }
          assert.isAbove(found, byTier(1000, 4000), "a test of empty lists proves nothing")
        }),
      300_000
    )

    it.effect("returns tasks without a due date last in both directions", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("dues")
        for (const due_at of [null, dues[5], null, dues[4]]) {
          yield* tasks.create(owner, { title: "t", ...(due_at !== undefined && { due_at }) })
        }
        for (const [sort, expected] of [
          ["due_at", [dues[4], dues[5], null, null]],
          ["-due_at", [dues[5], dues[4], null, null]]
        ] as const) {
          for (const limit of [1, 2, 3, 4]) {
            assert.deepStrictEqual(
              (yield* readAll(owner, { sort, limit })).map(({ due_at }) => due_at),
              [...expected]
            )
          }
        }
      })
    )

    it.effect("finds nothing for another user's project and tag", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const random = randomOf(7)
        const one = UserId.make("one")
        const other = UserId.make("other")
        const { projects, tags } = yield* fill(random, one, 50)
        yield* fill(random, other, 50)
        for (const filter of [{ project_id: projects[0] }, { tag_id: tags.slice(0, 1) }] as ReadonlyArray<TaskQuery>) {
          assert.isNotEmpty((yield* tasks.list(one, filter)).items)
          assert.deepStrictEqual((yield* tasks.list(other, { ...filter, count: "exact" })).items, [])
        }
      })
    )

    it.effect(
      "returns unchanged tasks exactly once while others are created, changed and deleted",
      () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const tasks = yield* TaskRepo
          for (const sort of TaskSort.literals) {
            const random = randomOf(sort.length)
            const owner = UserId.make(`busy ${sort}`)
            const { rows } = yield* fill(random, owner, 120)
            const ids = rows.flatMap(({ deleted_at, id }) => (deleted_at === null ? [id] : []))
            const parts = Array.from({ length: 4 }, (_, part) => ids.filter((_, n) => n % 4 === part))
            const [stay = [], described = [], moved = [], removed = []] = parts
            const key = fieldOf(sort)
            const value = {
              created_at: times[0],
              updated_at: times[0],
              due_at: null,
              priority: "high",
              position: "m",
              title: "moved"
            }
            const between = Effect.fnUntraced(function* (page: number) {
              yield* tasks.create(owner, {
                title: `new ${page}`,
                due_at: random.one(dues),
                priority: random.one(TaskPriority.literals)
              })
              yield* tasks.update(owner, random.one(described), { description: `changed ${page}` }, undefined)
              yield* sql`
                update task set ${sql.update({ [key]: value[key] })} where user_id = ${owner} and id = ${random.one(moved)}
              `
              const id = removed.pop()
              if (id !== undefined) yield* tasks.remove(owner, id, undefined)
            })
            // A change moves a task in this order.
            const fixed: ReadonlyArray<string> = key === "updated_at" ? stay : [...stay, ...described]
            const seen = idsOf(yield* readAll(owner, { sort, limit: 4 }, between))
            assert.sameMembers(
              seen.filter((id) => fixed.includes(id)),
              [...fixed],
              sort
            )
          }
        }),
      300_000
    )
  })
})
