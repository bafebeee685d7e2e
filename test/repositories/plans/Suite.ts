import { NodeCrypto } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Redacted } from "effect"
import { SqlClient, Statement } from "effect/sql"
import * as PostgresDatabase from "../../../src/database/PostgresDatabase.ts"
import { TaskId } from "../../../src/domain/Task.ts"
import { fieldOf, type TaskQuery, TaskSort } from "../../../src/domain/TaskQuery.ts"
import { ChangesRepo } from "../../../src/repositories/ChangesRepo.ts"
import { TaskRepo } from "../../../src/repositories/TaskRepo.ts"
import * as LargeDataset from "../../support/LargeDataset.ts"
import { settings } from "../../support/TestDatabase.ts"

// What is measured is work, not time: a busy machine must not matter.
const patient = Duration.minutes(1)

// One connection for transactions, so that what it has prepared can be asked for.
const servicesOn = (url: string) => {
  const limits = { DATABASE_POOL_MIN: 1, DATABASE_POOL_MAX: 3, DATABASE_QUERY_TIMEOUT: patient }
  return Layer.merge(TaskRepo.layer, ChangesRepo.layer).pipe(
    Layer.provideMerge([
      PostgresDatabase.layer({ ...settings, ...limits }, Redacted.make(url)),
      NodeCrypto.layerSecureRandom
    ]),
    Layer.orDie
  )
}

/** The URL of a small crowd's database. */
class Few extends Context.Service<Few, string>()("test/repo/Few") {}

const services = (size: LargeDataset.Size) =>
  Layer.unwrap(
    Effect.map(LargeDataset.start(size), ({ few, url }) => Layer.merge(servicesOn(url), Layer.succeed(Few, few)))
  ).pipe(Layer.orDie)

interface Sent {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

/** The statements that an effect sends, as it sends them. What it changes is undone. */
const sentBy = Effect.fnUntraced(function* <A, E>(effect: Effect.Effect<A, E, TaskRepo | ChangesRepo>) {
  const sent: Array<Sent> = []
  yield* undone(
    Effect.provideService(Effect.exit(effect), Statement.CurrentTransformer, (statement) =>
      Effect.sync(() => {
        const [text, parameters] = statement.compile()
        sent.push({ text, parameters })
        return statement
      })
    )
  )
  return sent
})

const undone = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const sql = yield* SqlClient.SqlClient
  const rollback = Effect.flatMap(effect, (value) => Effect.fail({ value }))
  const outcome = yield* Effect.flip(sql.withTransaction(rollback))
  return typeof outcome === "object" && outcome !== null && "value" in outcome
    ? outcome.value
    : yield* Effect.die(outcome)
})

interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly "Rows Removed by Index Recheck"?: number
  readonly "Shared Hit Blocks": number
  readonly "Shared Read Blocks": number
  readonly Plans?: ReadonlyArray<Node>
}

const nodesOf = (node: Node): ReadonlyArray<Node> => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** What running it took. */
const measure = (root: Node) => {
  const nodes = nodesOf(root)
  const scans = nodes.filter((node) => node["Relation Name"] === "task" && node["Node Type"].endsWith("Scan"))
  const rowsOf = (node: Node) =>
    Math.round(
      node["Actual Loops"] *
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0))
    )
  return {
    /** Rows of the table looked at, wanted or not. */
    read: scans.reduce((sum, node) => sum + rowsOf(node), 0),
    buffers: root["Shared Hit Blocks"] + root["Shared Read Blocks"],
    sequential: nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"]),
    /** The most rows that had to be put in order. */
    sorted: Math.max(
      0,
      ...nodes
        .filter((node) => node["Node Type"].endsWith("Sort"))
        .flatMap((node) => node.Plans ?? [])
        .map(rowsOf)
    ),
    indexes: nodes.flatMap((node) => node["Index Name"] ?? []),
    nodes
  }
}
type Measured = ReturnType<typeof measure>

type Answer = ReadonlyArray<{ readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Node }> }>

const literal = (value: unknown) =>
  value === null ? "null" : `'${String(Array.isArray(value) ? `{${value.join()}}` : value).replaceAll("'", "''")}'`

/** Runs it: with a plan for these values, and if the service keeps the statement prepared, also with one for any. */
const explain = Effect.fnUntraced(function* ({ text, parameters }: Sent, setting = "jit = off") {
  const sql = yield* SqlClient.SqlClient
  const options = "explain (analyze, buffers, timing off, format json)"
  const plan = (statement: string, values: ReadonlyArray<unknown>) =>
    Effect.map(sql.unsafe(statement, values).unprepared, (rows) => {
      const [answer] = rows as Answer
      assert(answer !== undefined)
      return measure(answer["QUERY PLAN"][0]?.Plan ?? assert.fail("no plan"))
    })
  const plans: Array<Measured> = [
    yield* undone(Effect.andThen(sql.unsafe(`set local ${setting}`), plan(`${options} ${text}`, parameters)))
  ]
  const prepared = yield* sql`select from pg_prepared_statements where statement = ${text}`
  if (prepared.length > 0) {
    const generic = Effect.gen(function* () {
      yield* sql`set local plan_cache_mode = force_generic_plan`
      yield* sql.unsafe(`prepare any_values as ${text}`).unprepared
      const measured = yield* plan(`${options} execute any_values(${parameters.map(literal).join()})`, [])
      yield* sql`deallocate any_values`
      return measured
    })
    plans.push(yield* undone(generic))
  }
  return plans
})

const list = Effect.fnUntraced(function* (query: TaskQuery, owner = LargeDataset.big) {
  const tasks = yield* TaskRepo
  return yield* tasks.list(owner, query)
})

const explainList = Effect.fnUntraced(function* (query: TaskQuery, owner = LargeDataset.big) {
  const [page, count] = yield* sentBy(list(query, owner))
  assert(page !== undefined)
  return { page: yield* explain(page), count: count && (yield* explain(count)) }
})

const page = 50 + 1
// For every row its block, a block of the index, and the way to its tags.
const buffersOfRow = 6

/** Reads the index of its order from where the page begins to where it ends. */
const assertWalk = (plans: ReadonlyArray<Measured>, sort: TaskSort, read: number, about: string) => {
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

/**
 * What the statements cost among so many tasks, of which one user has a tenth. Where a filter leaves at most `sortable`
 * rows, sorting them may be cheaper than reading the index of the order.
 */
export const planSuite = (size: LargeDataset.Size, sortable = 0) => {
  const assertFilteredWalk = (plans: ReadonlyArray<Measured>, sort: TaskSort, read: number, about: string) => {
    for (const plan of plans) {
      if (plan.sorted === 0) assertWalk([plan], sort, read, about)
      else {
        assert.deepStrictEqual(plan.sequential, [], about)
        assert.isAtMost(plan.read, sortable, about)
      }
    }
  }

  layer(services(size), { excludeTestServices: true, timeout: 600_000 })(`TaskRepo among ${size.tasks} tasks`, (it) => {
    it.effect("reads only the rows of a page, in any order, at the beginning and deep inside", () =>
      Effect.gen(function* () {
        for (const sort of TaskSort.literals) {
          const first = yield* explainList({ sort })
          assert.lengthOf(first.page, 2, "the statement is prepared")
          assertWalk(first.page, sort, page, sort)

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
          assertWalk(deep.page, sort, page, `${sort}, deep`)
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
            assertFilteredWalk((yield* explainList(query)).page, `${direction}${field}`, page, about)
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
          for (const sort of [
            "created_at",
            "-updated_at",
            "due_at",
            "-due_at",
            "position",
            "title",
            "-title"
          ] as const) {
            const query = { ...filter, sort }
            const { page: plans } = yield* explainList(query)
            assert.lengthOf(plans, 1, "planned for its values")
            // Those that pass lie anywhere: twice the mean is room enough for a page of fifty.
            assertFilteredWalk(plans, sort, Math.ceil((2 * page * owned) / total), JSON.stringify(query))
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
              // Ten pass. Two indexes may be combined, and each then reads those ten.
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
        // The planner knows that the word is common but not with whom, and may walk through what is the owner's.
        for (const plan of [...(yield* explain(search)), ...(yield* explain(count))]) {
          assert.deepStrictEqual(plan.sequential, [])
          assert.isAtMost(plan.read, size.big)
        }
        // The index of words knows that there is nothing, from itself alone.
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

    it.effect("finds, creates, updates and deletes a task by its key", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const { items } = yield* list({ offset: size.big / 2, limit: 1 })
        const [{ id } = assert.fail("no task")] = items
        const links = {
          project_id: LargeDataset.project.common,
          tag_ids: [LargeDataset.tag.common, LargeDataset.tag.rare]
        }
        for (const [about, effect, statements] of [
          ["find", tasks.find(LargeDataset.big, id), 1],
          ["find nothing", tasks.find(LargeDataset.small, id), 1],
          ["create", tasks.create(LargeDataset.big, { title: "New", ...links }), 1],
          ["create what is there", tasks.create(LargeDataset.big, { id, title: "New" }), 2],
          ["update", tasks.update(LargeDataset.big, id, { title: "Changed", ...links }, [1]), 1],
          ["update nothing", tasks.update(LargeDataset.small, id, { title: "Changed" }, undefined), 2],
          ["remove", tasks.remove(LargeDataset.big, id, [1]), 1],
          ["remove nothing", tasks.remove(LargeDataset.big, TaskId.make(LargeDataset.project.rare), "*"), 2]
        ] as const) {
          const sent = yield* sentBy<unknown, unknown>(effect)
          assert.lengthOf(sent, statements, about)
          for (const statement of sent) {
            const plans = yield* explain(statement)
            assert.lengthOf(plans, 2, about)
            for (const plan of plans) {
              assert.deepStrictEqual(plan.sequential, [], about)
              assert.isAtMost(plan.read, 1, about)
              assert.isAtMost(plan.buffers, 150, about)
            }
          }
        }
      })
    )

    it.effect("reads the changes after a cursor, and nothing before it", () =>
      undone(
        Effect.gen(function* () {
          const [tasks, changes] = [yield* TaskRepo, yield* ChangesRepo]
          const { items } = yield* list({ offset: size.big / 2, limit: 10 })
          yield* Effect.forEach(items, ({ id }) => tasks.update(LargeDataset.big, id, { title: "Changed" }, undefined))
          const since = { epoch: 0, seq: 0 }
          assert.lengthOf((yield* changes.read(LargeDataset.big, since, undefined)).changes, 10)
          for (const [about, effect, rows] of [
            ["ten changes", changes.read(LargeDataset.big, since, undefined), 10],
            ["the first page", changes.read(LargeDataset.big, undefined, undefined), 201],
            ["no change", changes.read(LargeDataset.big, { epoch: 0, seq: 1 }, undefined), 0]
          ] as const) {
            const [statement] = yield* sentBy(effect)
            const plans = yield* explain(statement ?? assert.fail(about))
            assert.lengthOf(plans, 2, about)
            for (const plan of plans) {
              assert.notIncludeMembers(plan.sequential, ["task", "project", "tag"], about)
              assert.isAtMost(plan.read, rows, about)
              assert.isAtMost(plan.buffers, 40 + buffersOfRow * rows, about)
            }
          }
        })
      )
    )

    it.effect("costs a user with many tasks no more than a user with a hundred of ten thousand", () =>
      Effect.gen(function* () {
        const most = 1.2
        const many = yield* costs(size)
        const few = yield* Effect.provide(costs(LargeDataset.few), servicesOn(yield* Few), { local: true })
        for (const [about, { buffers, levels, read }] of Object.entries(many)) {
          const small = few[about] ?? assert.fail(about)
          assert.isAtMost(read, most * small.read, `${about}: rows`)
          // A hundred times as many rows make an index a level or two deeper. That is all that may grow.
          assert.isAtMost(buffers - levels, most * (small.buffers - small.levels), `${about}: buffers`)
          assert.isAtMost(levels, 3 * small.levels, `${about}: levels`)
        }
      })
    )
  })
}

/** Of each index that a new task without a project goes into how many levels lie above its leaves. */
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
  // The key is looked for before it is put in.
  const key = levels.get("task_pkey") ?? assert.fail("no key")
  return { levels, ofCreate: rows.reduce((sum, { fresh, level }) => sum + (fresh ? level : 0), key) }
})

/** What it takes of big to do the central things, the ways down to the leaves of the indexes counted apart. */
const costs = Effect.fnUntraced(function* ({ big }: LargeDataset.Size) {
  const tasks = yield* TaskRepo
  const { levels, ofCreate } = yield* levelsOf
  const limit = 20
  const { next } = yield* list({ limit: 1, offset: 0.7 * big })
  assert(next !== undefined)
  // Alike, so that what differs is where they are: each has two tags.
  const alike = (yield* list({ limit: 100 })).items.filter(({ tag_ids }) => tag_ids.length === 2).slice(0, 20)
  assert.lengthOf(alike, 20)

  const cost = Effect.fnUntraced(function* (effect: Effect.Effect<unknown, unknown, TaskRepo>, written = 0) {
    const [statement = assert.fail("nothing was sent")] = yield* sentBy(effect)
    const [plan = assert.fail("no plan")] = yield* explain(statement)
    const down = plan.nodes.map((node) => node["Actual Loops"] * (levels.get(node["Index Name"] ?? "") ?? 0))
    return { read: plan.read, buffers: plan.buffers, levels: written + down.reduce((sum, one) => sum + one, 0) }
  })
  // One row may lie on two pages of an index, or its neighbour: several have a steady mean.
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
