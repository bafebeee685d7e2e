import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TaskRepo } from "../../../src/repositories/TaskRepo.ts"
import * as LargeDataset from "../../support/LargeDataset.ts"
import { explain, list, sentBy } from "./Explain.ts"

/** The levels above the leaves of each index that a new task without a project is added to. */
const levelsOf = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create extension if not exists pageinspect`
  const rows = yield* sql<{ name: string; level: number; fresh: boolean }>`
    select relname as name, (bt_metap(relname::text)).level::int as level,
      indrelid = 'task'::regclass and coalesce(pg_get_expr(indpred, indrelid) not like '%IS NOT NULL%', true) as fresh
    from pg_index join pg_class on pg_class.oid = indexrelid join pg_am on pg_am.oid = relam
    where indrelid in ('task'::regclass, 'task_tag'::regclass) and amname = 'btree'
  `
  const levels = new Map(rows.map(({ level, name }) => [name, level]))
  // The key is looked up before it is inserted.
  const key = levels.get("task_pkey") ?? assert.fail("no key")
  return { levels, ofCreate: rows.reduce((sum, { fresh, level }) => sum + (fresh ? level : 0), key) }
})

/** What the main operations read for the user with most tasks. Levels of indexes are counted separately. */
export const costs = Effect.fnUntraced(function* ({ big }: LargeDataset.Size) {
  const tasks = yield* TaskRepo
  const sql = yield* SqlClient.SqlClient
  // Rows that earlier tests wrote and undid may be beside the rows read here, which are then read from their table, too.
  yield* sql`vacuum`
  const { levels, ofCreate } = yield* levelsOf
  const limit = 20
  const { next } = yield* list({ limit: 1, offset: 0.7 * big })
  assert(next !== undefined)
  // Tasks with two tags each, so that they differ only in their place.
  const alike = (yield* list({ limit: 100 })).items.filter(({ tag_ids }) => tag_ids.length === 2).slice(0, 20)
  assert.lengthOf(alike, 20)

  const cost = Effect.fnUntraced(function* (effect: Effect.Effect<unknown, unknown, TaskRepo>, written = 0) {
    const [statement = assert.fail("nothing was sent")] = yield* sentBy(effect)
    const [plan = assert.fail("no plan")] = yield* explain(statement)
    const down = plan.nodes.map((node) => node["Actual Loops"] * (levels.get(node["Index Name"] ?? "") ?? 0))
    return { read: plan.read, buffers: plan.buffers, levels: written + down.reduce((sum, one) => sum + one, 0) }
  })
  // A row can be on one page of an index or two: the sum of several is stable.
  const sum = (all: ReadonlyArray<Effect.Success<ReturnType<typeof cost>>>) => ({
    read: all.reduce((sum, { read }) => sum + read, 0),
    buffers: all.reduce((sum, { buffers }) => sum + buffers, 0),
    levels: all.reduce((sum, { levels }) => sum + levels, 0)
  })
  const found: Record<string, ReturnType<typeof sum>> = {
    find: sum(yield* Effect.forEach(alike, ({ id }) => cost(tasks.find(LargeDataset.big, id)))),
    list: yield* cost(list({ limit })),
    deep: yield* cost(list({ limit, cursor: { list: 0, ...next } })),
    create: sum(yield* Effect.forEach(alike, ({ title }) => cost(tasks.create(LargeDataset.big, { title }), ofCreate)))
  }
  return found
})
