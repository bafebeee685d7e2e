import { Effect } from "effect"
import type { Database } from "../database/Database.ts"
import { dueLimit, localTimesAround, localTimestamp } from "../domain/DueTime.ts"
import { defaultLimit } from "../domain/Pagination.ts"
import { type Task, TaskPriority } from "../domain/Task.ts"
import { defaultSort, fieldOf, type SortField, type TaskQuery } from "../domain/TaskQuery.ts"
import { toPostgresZone } from "../domain/TimeZone.ts"
import type { UserId } from "../domain/User.ts"
import { isFloating, taskColumns } from "./Columns.ts"
import { buildPage, countRows, isDeep, limitClause, parameters } from "./ListQueries.ts"

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
        keyOf: (task) => task.due_at ?? (task.due === null ? last : localTimestamp(task.due))
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
      // Only the database knows how it folds letters to lower case, so the key comes with the row.
      return { key: 'lower(title) collate "C"', type: "text", keyOf: (task) => task.sort_key ?? "" }
  }
}

const visible = ["user_id = $1", "deleted_at is null"]

type Add = (value: unknown) => string

/** The index has words: letters, digits and emoji. Signs such as "%" are looked for in the texts themselves. */
const hasWord = /[\p{L}\p{Nd}\p{Nl}\u2600-\u27bf\u{1f000}-\u{1faff}]/u

/** The terms of the filters, written as in the index where there is one: its scan then begins or ends there. */
const filterTerms = (query: TaskQuery, add: Add): ReadonlyArray<string> => {
  const { parent_id, priority, project_id, q, status, tag_id = [], updated_since } = query
  const terms: Array<string> = []
  // With a single value the rows come in the order of the index.
  if (status?.length === 1) terms.push(`status = ${add(status[0])}`)
  else if (status !== undefined) terms.push(`status = any(${add(status)})`)
  if (priority !== undefined) terms.push(`priority_rank = ${add(TaskPriority.literals.indexOf(priority))}`)
  if (project_id === "none") terms.push("project_id is null")
  else if (project_id !== undefined) terms.push(`project_id = ${add(project_id)}`)
  if (parent_id === "none") terms.push("parent_id is null")
  else if (parent_id !== undefined) terms.push(`parent_id = ${add(parent_id)}`)
  for (const id of tag_id) {
    const tagged = `task_tag.user_id = $1 and task_id = task.id and tag_id = ${add(id)}`
    terms.push(`exists (select from task_tag where ${tagged})`)
  }
  if (updated_since !== undefined) terms.push(`updated_at >= ${add(updated_since)}`)
  if (q !== undefined && hasWord.test(q)) terms.push(`search @@ search_query($1, ${add(q)})`)
  else if (q !== undefined) {
    for (const sign of new Set(q.split(/\s+/))) {
      terms.push(`strpos(title || ' ' || coalesce(description, ''), ${add(sign)}) > 0`)
    }
  }
  return terms
}

type Kind = "zoned" | "floating"

/**
 * The terms of the filters by due date. In another zone than UTC the limits of the two kinds differ, so that the scan of
 * an index begins or ends at the wider one. A statement on the tasks of one kind needs its limit alone.
 */
const dueTerms = (query: TaskQuery, add: Add, kind?: Kind): ReadonlyArray<string> => {
  const { due_after, due_before, sort, time_zone = "UTC" } = query
  const terms: Array<string> = []
  const limit = (text: string | undefined, comparison: "<" | ">") => {
    if (text === undefined) return
    const { instant, local } = dueLimit(text, time_zone, comparison === ">")
    if (kind !== undefined) {
      terms.push(`due_at ${comparison} ${add(kind === "zoned" ? instant : local)}`)
      return
    }
    const key = orderOf("due_at", sort === "-due_at").key
    const isWider = comparison === "<" ? local > instant : local < instant
    terms.push("due_at is not null", `${key} ${comparison} ${add(isWider ? local : instant)}`)
    if (local !== instant) {
      const exact = `case when ${isFloating} then ${add(local)}::timestamptz else ${add(instant)}::timestamptz end`
      terms.push(`due_at ${comparison} ${exact}`)
    }
  }
  limit(due_before, "<")
  limit(due_after, ">")
  return terms
}

/**
 * The tasks by due date in another zone than UTC. A due date without a time zone comes at the moment at which the clock
 * of the zone first shows it or a later time, after the instants that are the same. Tasks of either kind are read in
 * the order of their index, no more than fill the page, and so are those without a due date, which come last.
 */
const inZone = (query: TaskQuery, zone: string) => {
  const { cursor, due_after, due_before, limit = defaultLimit, offset = 0 } = query
  const { add, params } = parameters()
  const where = [...visible, ...filterTerms(query, add)].join(" and ")
  const isDescending = query.sort === "-due_at"
  const [comparison, direction, last] = isDescending ? ["<", "desc", "-infinity"] : [">", "asc", "infinity"]
  const isDated = cursor === undefined || !cursor.key.endsWith("infinity")
  const timeZone = isDated ? add(toPostgresZone(zone)) : ""
  const count = add(limit + 1 + offset)
  const moment = `due_in_zone(due_at, ${timeZone})`

  /** Where the tasks of one kind begin after the cursor. */
  const after = (kind: Kind): ReadonlyArray<string> => {
    if (cursor === undefined) return []
    const { id, key } = cursor
    const isOfKind = key.endsWith("Z") === (kind === "zoned")
    if (isOfKind) return [`(due_at, id) ${comparison} (${add(`${key.replace("Z", "")}Z`)}, ${add(id)}::uuid)`]
    if (kind === "zoned") {
      return [`due_at ${isDescending ? "<=" : ">"} due_in_zone(${add(`${key}Z`)}::timestamptz, ${timeZone})`]
    }
    const around = localTimesAround(key, zone)
    return isDescending
      ? [`due_at <= ${add(around.until)}`, `${moment} < ${add(key)}`]
      : [`due_at > ${add(around.after)}`, `${moment} >= ${add(key)}`]
  }
  const ofKind = (kind: Kind) => {
    const isOfKind = kind === "zoned" ? `due_at is not null and ${isFloating} is not true` : isFloating
    const terms = [where, isOfKind, ...dueTerms(query, add, kind), ...after(kind)].join(" and ")
    return `(
      select task.*, ${kind === "zoned" ? "due_at" : moment} as moment, ${kind === "floating"} as is_floating from task
      where ${terms} order by due_at ${direction}, id ${direction} limit ${count}
    )`
  }
  const undated = () => {
    const { key } = orderOf("due_at", isDescending)
    const afterId = cursor?.key === last ? `and id ${comparison} ${add(cursor.id)}::uuid` : ""
    return `(
      select task.*, timestamptz '${last}' as moment, false as is_floating from task
      where ${where} and ${key} = '${last}' ${afterId} order by id ${direction} limit ${count}
    )`
  }
  const parts = isDated ? [ofKind("zoned"), ofKind("floating")] : []
  if (!isDated || (due_after === undefined && due_before === undefined)) parts.push(undated())
  const text = `
    select ${taskColumns} from (
      ${parts.join(" union all ")}
    ) as task
    order by moment ${direction}, is_floating ${direction}, task.due_at ${direction}, id ${direction}
    ${limitClause(query, add)}
  `
  // Without "Z" where there is no time zone: the moment depends on the zone of the list.
  const keyOf = ({ due, due_at }: Row) => due_at ?? (due && localTimestamp(due).slice(0, -1)) ?? last
  return { text, params, keyOf }
}

const inOrder = (query: TaskQuery) => {
  const { cursor, sort = defaultSort } = query
  const isDescending = sort.startsWith("-")
  const direction = isDescending ? "desc" : "asc"
  const { key, keyOf, type } = orderOf(fieldOf(sort), isDescending)
  const { add, params } = parameters()
  const where = [...visible, ...filterTerms(query, add), ...dueTerms(query, add)].join(" and ")
  const after =
    cursor === undefined
      ? ""
      : `and (${key}, id) ${isDescending ? "<" : ">"} (${add(cursor.key)}::${type}, ${add(cursor.id)}::uuid)`
  const text = `
    select ${taskColumns}${fieldOf(sort) === "title" ? `, ${key} as sort_key` : ""} from task
    where ${where} ${after}
    order by ${key} ${direction}, id ${direction}
    ${limitClause(query, add)}
  `
  return { text, params, keyOf }
}

const count = (db: Database["Service"], owner: UserId, query: TaskQuery) => {
  const { add, params } = parameters()
  const where = [...visible, ...filterTerms(query, add), ...dueTerms(query, add)].join(" and ")
  return countRows(db, owner, "task", where, params)
}

const isFiltered = ({ count: _, cursor: __, limit, offset, sort, time_zone, ...filters }: TaskQuery) =>
  Object.keys(filters).length > 0

/** A page of the owner's tasks. With a cursor it begins after a row, without reading the rows before. */
export const list = Effect.fnUntraced(function* (db: Database["Service"], owner: UserId, query: TaskQuery) {
  const { sort = defaultSort, time_zone = "UTC" } = query
  const isInZone = fieldOf(sort) === "due_at" && time_zone !== "UTC"
  const { keyOf, params, text } = isInZone ? inZone(query, time_zone) : inOrder(query)
  // The best plan for a few matches differs from that for many, and a cached plan is made for any values: a statement
  // with filters is planned anew. Only a search may have to read very many rows for a page.
  const statement = db.query<Row>(owner, text, params, { plan: isFiltered(query) ? "fresh" : "cached" })
  const rows = yield* query.q !== undefined || isDeep(query) ? db.heavy(statement) : statement
  const total = query.count && (yield* count(db, owner, query))
  const page = buildPage(rows, query, (task) => ({ key: keyOf(task), id: task.id }), total)
  return fieldOf(sort) === "title" ? { ...page, items: page.items.map(({ sort_key: _, ...task }) => task) } : page
})
