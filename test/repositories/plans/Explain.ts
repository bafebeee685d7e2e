import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient, Statement } from "effect/sql"
import type { TaskQuery } from "../../../src/domain/TaskQuery.ts"
import type { ChangesRepo } from "../../../src/repositories/ChangesRepo.ts"
import { TaskRepo } from "../../../src/repositories/TaskRepo.ts"
import * as LargeDataset from "../../support/LargeDataset.ts"

interface Sent {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

/** The statements that an effect sends. Its changes are rolled back. */
export const sentBy = Effect.fnUntraced(function* <A, E>(effect: Effect.Effect<A, E, TaskRepo | ChangesRepo>) {
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

export const undone = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
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

/** What the execution of a plan has read and sorted. */
const measure = (root: Node) => {
  const nodes = nodesOf(root)
  const scans = nodes.filter((node) => node["Relation Name"] === "task" && node["Node Type"].endsWith("Scan"))
  const rowsOf = (node: Node) =>
    Math.round(
      node["Actual Loops"] *
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0))
    )
  return {
    /** Rows of the table that were read, whether they matched or not. */
    read: scans.reduce((sum, node) => sum + rowsOf(node), 0),
    buffers: root["Shared Hit Blocks"] + root["Shared Read Blocks"],
    sequential: nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"]),
    /** The largest number of rows that one node has sorted. */
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
export type Measured = ReturnType<typeof measure>

type Explained = ReadonlyArray<{ readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Node }> }>

const literal = (value: unknown) =>
  value === null ? "null" : `'${String(Array.isArray(value) ? `{${value.join()}}` : value).replaceAll("'", "''")}'`

/** Executes a statement with a plan for its values and, if the service keeps it prepared, also with a generic plan. */
export const explain = Effect.fnUntraced(function* ({ text, parameters }: Sent, setting = "jit = off") {
  const sql = yield* SqlClient.SqlClient
  const options = "explain (analyze, buffers, timing off, format json)"
  const plan = (statement: string, values: ReadonlyArray<unknown>) =>
    Effect.map(sql.unsafe(statement, values).unprepared, (rows) => {
      const [explained] = rows as Explained
      assert(explained !== undefined)
      return measure(explained["QUERY PLAN"][0]?.Plan ?? assert.fail("no plan"))
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

export const list = Effect.fnUntraced(function* (query: TaskQuery, owner = LargeDataset.big) {
  const tasks = yield* TaskRepo
  return yield* tasks.list(owner, query)
})

export const explainList = Effect.fnUntraced(function* (query: TaskQuery, owner = LargeDataset.big) {
  const [page, count] = yield* sentBy(list(query, owner))
  assert(page !== undefined)
  return { page: yield* explain(page), count: count && (yield* explain(count)) }
})
