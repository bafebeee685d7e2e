import { assert, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { fieldOf, type TaskQuery, TaskSort } from "../../../src/domain/TaskQuery.ts"
import type { ChangesRepo } from "../../../src/repositories/ChangesRepo.ts"
import type { TaskRepo } from "../../../src/repositories/TaskRepo.ts"
import * as LargeDataset from "../../support/LargeDataset.ts"
import { explain, explainList, list, type Measured, sentBy } from "./Explain.ts"

const page = 50 + 1
// For each row: its block, a block of the index, and the blocks of its tags.
export const buffersOfRow = 6

/** The plan reads the index of the order from the beginning of the page to its end, and nothing else. */
const assertIndexScan = (plans: ReadonlyArray<Measured>, sort: TaskSort, read: number, about: string) => {
  for (const plan of plans) {
    const index = sort === "-due_at" ? "task_by_due_at_desc" : `task_by_${fieldOf(sort)}`
    // The index of statuses has the tasks of each in the order of their creation.
    const indexes = fieldOf(sort) === "created_at" ? [index, "task_by_status"] : [index]
    assert.deepStrictEqual(plan.sequential, [], about)
    assert.strictEqual(plan.sorted, 0, about)
    assert.isTrue(
      indexes.some((name) => plan.indexes.includes(name)),
      about
    )
    assert.isAtMost(plan.read, read, about)
    assert.isAtMost(plan.buffers, buffersOfRow * plan.read, about)
  }
}

/** What lists read. Where a filter leaves at most `sortable` rows, sorting them may be cheaper than an index scan. */
export const listPlans = (
  it: Vitest.MethodsNonLive<TaskRepo | ChangesRepo | SqlClient.SqlClient>,
  size: LargeDataset.Size,
  sortable: number
) => {
  const assertFilteredScan = (plans: ReadonlyArray<Measured>, sort: TaskSort, read: number, about: string) => {
    for (const plan of plans) {
      if (plan.sorted === 0) assertIndexScan([plan], sort, read, about)
      else {
        assert.deepStrictEqual(plan.sequential, [], about)
        assert.isAtMost(plan.read, sortable, about)
      }
    }
  }

  it.effect("reads only the rows of a page, in any order, at the beginning and deep inside", () =>
    Effect.gen(function* () {
      for (const sort of TaskSort.literals) {
        const first = yield* explainList({ sort })
        assert.lengthOf(first.page, 2, "the statement is prepared")
        assertIndexScan(first.page, sort, page, sort)

        const { next } = yield* list({ sort, limit: 1, offset: 0.9 * size.big - 1 })
        assert(next !== undefined)
        const cursor = { list: 0, ...next }
        assert.deepStrictEqual(
          (yield* list({ sort, cursor })).items,
          (yield* list({ sort, offset: 0.9 * size.big })).items,
          sort
        )
        const deep = yield* explainList({ sort, cursor })
        assert.lengthOf(deep.page, 2, "the statement is prepared")
        assertIndexScan(deep.page, sort, page, `${sort}, deep`)
      }
    })
  )

  it.effect(
    "reads at most three pages by due date in a time zone, at the beginning, deep inside and from a day on",
    () =>
      Effect.gen(function* () {
        for (const sort of ["due_at", "-due_at"] as const) {
          const query: TaskQuery = { sort, time_zone: "America/Los_Angeles" }
          const { next } = yield* list({ ...query, limit: 1, offset: 0.2 * size.big })
          assert(next !== undefined)
          const cursor = { list: 0, ...next }
          for (const more of [{}, { cursor }, { due_after: "2026-02-01", due_before: "2026-03-01" }]) {
            const about = JSON.stringify({ ...query, ...more })
            assert.lengthOf((yield* list({ ...query, ...more })).items, 50, about)
            for (const plan of (yield* explainList({ ...query, ...more })).page) {
              assert.deepStrictEqual(plan.sequential, [], about)
              assert.includeMembers([...plan.indexes], ["task_by_zoned_due", "task_by_floating_due"], about)
              assert.isAtMost(plan.read, 3 * page, about)
              assert.isAtMost(plan.sorted, 3 * page, about)
            }
          }
        }
      })
  )

  it.effect("starts or ends an index scan at a filter on the field of the order", () =>
    Effect.gen(function* () {
      const day = "2026-02-01T00:00:00.000Z"
      for (const direction of ["", "-"] as const) {
        for (const [field, filter] of [
          ["priority", { priority: "high" }],
          ["priority", { priority: "none" }],
          ["due_at", { due_after: day }],
          ["due_at", { due_before: day }],
          ["due_at", { due_after: "2026-01-01T00:00:00.000Z", due_before: day }],
          ["updated_at", { updated_since: day }]
        ] as const) {
          const query: TaskQuery = { sort: `${direction}${field}`, ...filter }
          const about = JSON.stringify(query)
          assert.lengthOf((yield* list(query)).items, 50, about)
          assertFilteredScan((yield* explainList(query)).page, `${direction}${field}`, page, about)
        }
      }
    })
  )

  it.effect("reads no more rows than it needs to fill a page where many tasks match", () =>
    Effect.gen(function* () {
      const owned = (yield* list({ limit: 1, count: "exact" })).total ?? 0
      const filters: ReadonlyArray<TaskQuery> = [
        { q: "..." },
        { status: ["pending"] },
        { status: ["pending", "in_progress"] },
        { priority: "high" },
        { project_id: "none" },
        { project_id: LargeDataset.project.common },
        { tag_id: [LargeDataset.tag.common] },
        { status: ["pending"], priority: "medium", project_id: "none" }
      ]
      for (const filter of filters) {
        const total = (yield* list({ ...filter, limit: 1, count: "exact" })).total ?? 0
        for (const sort of ["created_at", "-updated_at", "due_at", "-due_at", "position", "title", "-title"] as const) {
          const query = { ...filter, sort }
          const { page: plans } = yield* explainList(query)
          assert.lengthOf(plans, 1, "planned for its values")
          // Matching rows are spread at random: a page of fifty is full after twice the mean.
          assertFilteredScan(plans, sort, Math.ceil((2 * page * owned) / total), JSON.stringify(query))
        }
      }
    })
  )

  it.effect("finds few matching tasks by an index", () =>
    Effect.gen(function* () {
      const filters: ReadonlyArray<TaskQuery> = [
        { project_id: LargeDataset.project.rare },
        { tag_id: [LargeDataset.tag.rare] },
        { tag_id: [LargeDataset.tag.common, LargeDataset.tag.rare] },
        { q: LargeDataset.word.rare },
        { q: `${LargeDataset.word.rare} ${LargeDataset.word.foreign}` },
        { q: "nowhere" },
        { q: LargeDataset.word.rare, tag_id: [LargeDataset.tag.rare], status: ["pending"] }
      ]
      for (const filter of filters) {
        for (const sort of TaskSort.literals) {
          const { count = [], page: plans } = yield* explainList({ ...filter, sort, count: "exact" })
          assert.isNotEmpty(count)
          for (const plan of [...plans, ...count]) {
            const about = JSON.stringify({ ...filter, sort })
            assert.deepStrictEqual(plan.sequential, [], about)
            // Ten match. If two indexes are combined, each reads those ten.
            assert.isAtMost(plan.read, 20, about)
            assert.isAtMost(plan.buffers, 150, about)
          }
        }
      }
    })
  )

  it.effect("reads no task of another user for a word that only others use", () =>
    Effect.gen(function* () {
      assert.isAbove(
        (yield* list({ q: LargeDataset.word.foreign, count: "exact" }, LargeDataset.small)).total ?? 0,
        size.tasks / 10_000
      )
      const [search, count] = yield* sentBy(list({ q: LargeDataset.word.foreign, count: "exact" }))
      assert(search !== undefined && count !== undefined)
      // The planner knows that the word is common, but not whose tasks contain it, and may read all tasks of the owner.
      for (const plan of [...(yield* explain(search)), ...(yield* explain(count))]) {
        assert.deepStrictEqual(plan.sequential, [])
        assert.isAtMost(plan.read, size.big)
      }
      // The index of words alone shows that there is no match.
      for (const plan of yield* explain(search, "enable_indexscan = off")) {
        assert.include(plan.indexes, "task_by_search")
        assert.strictEqual(plan.read, 0)
        assert.isAtMost(plan.buffers, 200)
      }
    })
  )

  it.effect("reads only the caller's tasks for every filter and order", () =>
    Effect.gen(function* () {
      const owned = (yield* list({ limit: 1, count: "exact" }, LargeDataset.small)).total ?? 0
      assert.isBelow(owned, size.tasks / 500)
      for (const filter of [
        {},
        { status: ["completed"] },
        { q: LargeDataset.word.foreign },
        { q: "..." },
        { q: "a" },
        { q: LargeDataset.word.common },
        { tag_id: [LargeDataset.tag.common] },
        { project_id: LargeDataset.project.common },
        { due_after: "2026-02-01T00:00:00.000Z", updated_since: "2026-02-01T00:00:00.000Z" }
      ] satisfies ReadonlyArray<TaskQuery>) {
        for (const sort of TaskSort.literals) {
          const { count = [], page: plans } = yield* explainList(
            { ...filter, sort, count: "exact" },
            LargeDataset.small
          )
          for (const plan of [...plans, ...count]) {
            const about = JSON.stringify({ ...filter, sort })
            assert.deepStrictEqual(plan.sequential, [], about)
            assert.isAtMost(plan.read, owned * 1.1, about)
            assert.isAtMost(plan.buffers, owned * 5, about)
          }
        }
      }
    })
  )

  it.effect("counts exactly by reading only the owner's tasks", () =>
    Effect.gen(function* () {
      const owned = (yield* list({ limit: 1, count: "exact" })).total ?? 0
      for (const filter of [
        {},
        { status: ["pending"] },
        { q: LargeDataset.word.common }
      ] satisfies ReadonlyArray<TaskQuery>) {
        const { count = [] } = yield* explainList({ ...filter, count: "exact" })
        assert.isNotEmpty(count)
        for (const plan of count) {
          assert.deepStrictEqual(plan.sequential, [])
          assert.isAtMost(plan.read, owned * 1.05)
        }
      }
    })
  )
}
