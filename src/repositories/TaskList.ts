import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { defaultLimit, type Page } from "../domain/Pagination.ts"
import { type Task, TaskPriority } from "../domain/Task.ts"
import { defaultSort, fieldOf, type SortField, type TaskQuery } from "../domain/TaskQuery.ts"
import type { UserId } from "../domain/User.ts"
import { buildPage, countRows, readPage } from "./ListQueries.ts"
import { onHeavyPool } from "./QueryRunner.ts"
import { runAsUser } from "./RowLevelSecurity.ts"

interface Order {
  /** What is compared; each has an index that begins with the owner. */
  readonly key: string
  readonly type: string
  readonly keyOf: (task: Task & { readonly sort_key?: string }) => string
}

/** Nulls are last whichever way the list runs, so a missing due date is late in one direction and early in the other. */
const orderOf = (field: SortField, isDescending: boolean): Order => {
  switch (field) {
    case "created_at":
    case "updated_at":
      return { key: field, type: "timestamptz", keyOf: (task) => task[field] }
    case "due_at": {
      const last = isDescending ? "-infinity" : "infinity"
      return {
        key: `coalesce(due_at, timestamptz '${last}')`,
        type: "timestamptz",
        keyOf: (task) => task.due_at ?? last
      }
    }
    case "priority":
      return {
        key: "priority_rank",
        type: "smallint",
        keyOf: (task) => String(TaskPriority.literals.indexOf(task.priority))
      }
    case "position":
      return { key: "position", type: "text", keyOf: (task) => task.position }
    case "title":
      // What is a small letter is for the database to say: its answer comes with the row.
      return { key: 'lower(title) collate "C"', type: "text", keyOf: (task) => task.sort_key ?? "" }
  }
}

/**
 * A dash says "not" only right before a word. PostgreSQL takes any for it, so that a title with a dash in it
 * would not find itself, and fails when it meets more than thirty in a row.
 */
const withoutLooseDashes = (q: string) => q.replace(/(?<![\p{L}\p{N}])-+(?=[\s\-!&|()<]|$)/gu, "")

/** The words asked for, the last of them as the beginning of one, as it is while somebody types. */
const matching = (sql: SqlClient.SqlClient, owner: UserId, q: string) => sql`
  search @@ (
    ('''@' || md5(${owner}) || '''')::tsquery
    && regexp_replace(nullif(websearch_to_tsquery('simple', ${withoutLooseDashes(q)})::text, ''), '''$', ''':*')::tsquery
  )
`

const dueAt = (sql: SqlClient.SqlClient, { sort }: TaskQuery) => sql.literal(orderOf("due_at", sort === "-due_at").key)

/** Each in the words of an index, where there is one: it is then also where the walk through that index begins or ends. */
const filters = (sql: SqlClient.SqlClient, owner: UserId, query: TaskQuery): ReadonlyArray<Statement.Fragment> => [
  ...(query.status === undefined ? [] : [sql`status in ${sql.in(query.status)}`]),
  ...(query.priority === undefined ? [] : [sql`priority_rank = ${TaskPriority.literals.indexOf(query.priority)}`]),
  ...(query.project_id === undefined
    ? []
    : query.project_id === "none"
      ? [sql`project_id is null`]
      : [sql`project_id = ${query.project_id}`]),
  ...(query.tag_id ?? []).map(
    (tag_id) => sql`exists (
      select from task_tag where task_tag.user_id = ${owner} and task_id = task.id and tag_id = ${tag_id}
    )`
  ),
  ...(query.due_before === undefined && query.due_after === undefined ? [] : [sql`due_at is not null`]),
  ...(query.due_before === undefined ? [] : [sql`${dueAt(sql, query)} < ${query.due_before}`]),
  ...(query.due_after === undefined ? [] : [sql`${dueAt(sql, query)} > ${query.due_after}`]),
  ...(query.updated_since === undefined ? [] : [sql`updated_at >= ${query.updated_since}`]),
  ...(query.q === undefined ? [] : [matching(sql, owner, query.q)])
]

/** A page of the owner's tasks. With a cursor it begins behind a row, so it never counts its way there. */
export const list = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  columns: Statement.Fragment,
  owner: UserId,
  query: TaskQuery
): Effect.fn.Return<Page<Task>> {
  const { cursor, limit = defaultLimit, offset = 0, sort = defaultSort } = query
  const isDescending = sort.startsWith("-")
  const order = orderOf(fieldOf(sort), isDescending)
  const key = sql.literal(order.key)
  const direction = sql.literal(isDescending ? "desc" : "asc")
  const filtered = filters(sql, owner, query)
  const where = [sql`user_id = ${owner}`, sql`deleted_at is null`, ...filtered]
  const behind =
    cursor === undefined
      ? []
      : [
          sql`(${key}, id) ${sql.literal(isDescending ? "<" : ">")} (${cursor.key}::${sql.literal(order.type)}, ${cursor.id}::uuid)`
        ]
  const isTitle = fieldOf(sort) === "title"
  const statement = sql<Task & { readonly sort_key?: string }>`
    select ${columns} ${isTitle ? sql`, ${key} as sort_key` : sql``} from task
    where ${sql.and([...where, ...behind])}
    order by ${key} ${direction}, id ${direction}
    limit ${limit + 1} offset ${offset}
  `
  // The way to a few matches is not the way to many, and may lead through all that is the owner's. The plan
  // of a prepared statement is made for any values; filters are worth a plan for theirs.
  const rows = yield* filtered.length === 0
    ? readPage(query, runAsUser(owner)(statement))
    : onHeavyPool(runAsUser(owner)(statement.unprepared))
  const counted = query.count && (yield* countRows(sql, owner, "task", sql.and([...where])))
  const page = buildPage(rows, query, (task) => ({ key: order.keyOf(task), id: task.id }), counted)
  return isTitle ? { ...page, items: page.items.map(({ sort_key: _, ...task }) => task) } : page
})
