import { Effect } from "effect"
import type { Database } from "../database/Database.ts"
import type { Page } from "../domain/Pagination.ts"
import { type Task, TaskPriority } from "../domain/Task.ts"
import { defaultSort, fieldOf, type SortField, type TaskQuery } from "../domain/TaskQuery.ts"
import type { UserId } from "../domain/User.ts"
import { buildPage, countRows, isDeep, limitClause, parameters } from "./ListQueries.ts"
import { taskColumns } from "./TaskColumns.ts"

type Row = Task & { readonly sort_key?: string }

interface Order {
  /** What is compared; each has an index that begins with the owner. */
  readonly key: string
  readonly type: string
  readonly keyOf: (task: Row) => string
}

/** Nulls are last in both directions, so a missing due date is late in one direction and early in the other. */
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
      // How a letter is folded to lower case is the database's to say, so the key comes with the row.
      return { key: 'lower(title) collate "C"', type: "text", keyOf: (task) => task.sort_key ?? "" }
  }
}

/**
 * A dash means "not" only directly before a word. PostgreSQL takes any dash for it, so that a title with a dash would
 * not find itself, and fails when it meets more than thirty in a row.
 */
const withoutLooseDashes = (q: string) => q.replace(/(?<![\p{L}\p{N}])-+(?=[\s\-!&|()<]|$)/gu, "")

/** All words of a search, the last of them as the beginning of a word, as it is while a user types. */
const matching = (q: string) => `search @@ (
  ('''@' || md5($1) || '''')::tsquery
  && regexp_replace(nullif(websearch_to_tsquery('simple', ${q})::text, ''), '''$', ''':*')::tsquery
)`

/** The terms of the filters, written as in the index where there is one: its scan then begins or ends there. */
const filterTerms = (query: TaskQuery, add: (value: unknown) => string): ReadonlyArray<string> => {
  const { due_after, due_before, priority, project_id, q, status, tag_id = [], updated_since } = query
  const due = orderOf("due_at", query.sort === "-due_at").key
  const terms: Array<string> = []
  // With a single value the rows come in the order of the index.
  if (status?.length === 1) terms.push(`status = ${add(status[0])}`)
  else if (status !== undefined) terms.push(`status = any(${add(status)})`)
  if (priority !== undefined) terms.push(`priority_rank = ${add(TaskPriority.literals.indexOf(priority))}`)
  if (project_id === "none") terms.push("project_id is null")
  else if (project_id !== undefined) terms.push(`project_id = ${add(project_id)}`)
  for (const id of tag_id) {
    const tagged = `task_tag.user_id = $1 and task_id = task.id and tag_id = ${add(id)}`
    terms.push(`exists (select from task_tag where ${tagged})`)
  }
  if (due_before !== undefined || due_after !== undefined) terms.push("due_at is not null")
  if (due_before !== undefined) terms.push(`${due} < ${add(due_before)}`)
  if (due_after !== undefined) terms.push(`${due} > ${add(due_after)}`)
  if (updated_since !== undefined) terms.push(`updated_at >= ${add(updated_since)}`)
  if (q !== undefined) terms.push(matching(add(withoutLooseDashes(q))))
  return terms
}

/** A page of the owner's tasks. With a cursor it begins after a row, and does not count its way there. */
export const list = Effect.fnUntraced(function* (
  db: Database["Service"],
  owner: UserId,
  query: TaskQuery
): Effect.fn.Return<Page<Task>> {
  const { cursor, sort = defaultSort } = query
  const isDescending = sort.startsWith("-")
  const direction = isDescending ? "desc" : "asc"
  const { key, keyOf, type } = orderOf(fieldOf(sort), isDescending)
  const isTitle = fieldOf(sort) === "title"
  const { add, params } = parameters()
  const terms = filterTerms(query, add)
  const where = ["user_id = $1", "deleted_at is null", ...terms].join(" and ")
  const filters = [...params]
  const after =
    cursor === undefined
      ? ""
      : `and (${key}, id) ${isDescending ? "<" : ">"} (${add(cursor.key)}::${type}, ${add(cursor.id)}::uuid)`
  const text = `
    select ${taskColumns}${isTitle ? `, ${key} as sort_key` : ""} from task
    where ${where} ${after}
    order by ${key} ${direction}, id ${direction}
    ${limitClause(query, add)}
  `
  // The way to a few matches differs from the way to many, and the plan of a prepared statement is made for any values:
  // filters are worth a plan for theirs. Only a search may have to read very many rows for a page.
  const statement = db.query<Row>(owner, text, params, { plan: terms.length === 0 ? "cached" : "fresh" })
  const rows = yield* query.q !== undefined || isDeep(query) ? db.heavy(statement) : statement
  const total = query.count && (yield* countRows(db, owner, "task", where, filters))
  const page = buildPage(rows, query, (task) => ({ key: keyOf(task), id: task.id }), total)
  return isTitle ? { ...page, items: page.items.map(({ sort_key: _, ...task }) => task) } : page
})
