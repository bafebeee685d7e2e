import { assert } from "@effect/vitest"
import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Due } from "../../../src/domain/Due.ts"
import { dueInUtc, instantOf } from "../../../src/domain/DueTime.ts"
import { ProjectId } from "../../../src/domain/Project.ts"
import { TagId } from "../../../src/domain/Tag.ts"
import { type Task, TaskId, TaskPriority, TaskStatus } from "../../../src/domain/Task.ts"
import type { UserId } from "../../../src/domain/User.ts"
import { dueColumns } from "../../../src/repositories/Columns.ts"
import type { Random } from "../../support/Random.ts"

export const words = ["alpha", "beta", "gamma", "delta", "alpine", "bet", "straße", "zürich", "привет", "東京", "2026"]
const odd = ["🥛", "c++", "a:b", "İ", "ẞ", "ǅ", "\u{10ffff}", "\uffee", "é", "e\u0301", "~", "-x", "'", "\\", "  "]
// Few values, so that every sort key has ties.
export const times = [
  "2026-01-01T00:00:00.000Z",
  "2026-01-01T00:00:00.001Z",
  "2026-06-30T12:34:56.789Z",
  "2999-12-31T23:59:59.999Z"
]
export const dues = [...times, "1000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]
// Around the clock changes of the zones below.
const clocks = [
  "2026-03-29T01:59:59.999Z",
  "2026-03-29T02:30:00.000Z",
  "2026-03-29T03:00:00.000Z",
  "2026-10-25T02:15:00.000Z",
  "2026-10-25T03:00:00.000Z",
  "2011-12-30T12:00:00.000Z"
]
export const instants = ["2026-03-29T01:00:00.000Z", "2026-10-25T00:15:00.000Z", "2026-10-25T01:15:00.000Z"]
export const zones = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Apia", "Asia/Kolkata"]
const positions = ["Zz", "a0", "a0V", "a1", "aa", "aA", "b00"]

/** The word in some mix of upper and lower case. */
export const written = (random: Random, word: string) =>
  random.one([word, word.toUpperCase(), word.slice(0, 1).toUpperCase() + word.slice(1)])

const textOf = (random: Random, length: number) =>
  Array.from({ length }, () => (random.next() < 0.2 ? random.one(odd) : written(random, random.one(words)))).join(" ")

export type Row = Omit<Task, "tag_ids" | "version"> & { readonly deleted_at: string | null }

const dueOf = (random: Random): Due | null => {
  if (random.next() < 0.3) return null
  const due = dueInUtc(random.one([...dues, ...instants, ...clocks]))
  const { date, time = "" } = due
  return random.one([{ date }, { date, time }, { date, time }, due, due])
}

export interface Known extends Row {
  readonly tag_ids: ReadonlyArray<string>
  /** The database's own lower case. The model computes everything else itself. */
  readonly lower: string
}

/** Writes tasks of one user directly into the tables, and returns them. */
export const fill = Effect.fnUntraced(function* (random: Random, user_id: UserId, size: number) {
  const sql = yield* SqlClient.SqlClient
  const projects = Array.from({ length: 3 }, () => ProjectId.make(random.uuid()))
  const tags = Array.from({ length: 4 }, () => TagId.make(random.uuid()))
  const rows = Array.from({ length: size }, (): Row => {
    const status = random.one(TaskStatus.literals)
    const due = dueOf(random)
    return {
      user_id,
      id: TaskId.make(random.uuid()),
      title: `${random.one(words)} ${textOf(random, random.below(3))}`.trim(),
      description: random.next() < 0.5 ? null : textOf(random, random.below(6)),
      status,
      priority: random.one(TaskPriority.literals),
      due,
      due_at: (due && instantOf(due)) ?? null,
      recurrence: null,
      project_id: random.next() < 0.3 ? null : random.one(projects),
      parent_id: null,
      subtasks: { total: 0, completed: 0 },
      position: random.one(positions),
      completed_at: status === "completed" ? random.one(times) : null,
      created_at: random.one(times),
      updated_at: random.one(times),
      deleted_at: random.next() < 0.1 ? random.one(times) : null
    }
  })
  const tagged = rows.flatMap(({ id }) => random.some(tags).map((tag_id) => ({ user_id, task_id: id, tag_id })))
  const tables: ReadonlyArray<readonly [string, ReadonlyArray<Record<string, unknown>>]> = [
    ["project", projects.map((id) => ({ user_id, id, name: id }))],
    ["tag", tags.map((id) => ({ user_id, id, name: id }))],
    [
      "task",
      rows.map(({ subtasks: _, ...row }) => ({
        ...row,
        ...dueColumns(row),
        due: row.due && JSON.stringify(row.due)
      }))
    ],
    ["task_tag", tagged]
  ]
  for (const [table, values] of tables) {
    assert(Arr.isReadonlyArrayNonEmpty(values))
    yield* sql`insert into ${sql(table)} ${sql.insert(values)}`
  }
  const lowered = yield* sql<{ id: string; lower: string }>`
    select id, lower(title) as lower from task where user_id = ${user_id}
  `
  const lower = new Map(lowered.map((row) => [row.id, row.lower]))
  const known = rows.map(
    (row): Known => ({
      ...row,
      tag_ids: tagged.flatMap(({ tag_id, task_id }) => (task_id === row.id ? [tag_id] : [])),
      lower: lower.get(row.id) ?? assert.fail("no such row")
    })
  )
  return { rows: known, projects, tags }
})
