import { Effect } from "effect"
import type { Database } from "../database/Database.ts"
import { defaultLimit, type ListQuery, type Page, type PageKey, type PaginationParams } from "../domain/Pagination.ts"
import type { UserId } from "../domain/User.ts"

/** Collects the parameters while a statement is built. `$1` is the owner. */
export const parameters = () => {
  const params: Array<unknown> = []
  return { params, add: (value: unknown) => `$${params.push(value) + 1}` }
}

/** A page of rows. One row more than its limit was read, to know whether there is another page. */
export const buildPage = <Row>(
  rows: ReadonlyArray<Row>,
  { limit = defaultLimit }: PaginationParams,
  keyOf: (row: Row) => PageKey,
  total: number | undefined
): Page<Row> => {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.length > limit ? rows.slice(0, limit) : rows, next: last && keyOf(last), total }
}

/** The end of a statement that reads a page. */
export const limitClause = ({ limit = defaultLimit, offset }: PaginationParams, add: (value: unknown) => string) =>
  `limit ${add(limit + 1)}${offset === undefined ? "" : ` offset ${add(offset)}`}`

/** Whether the database skips so many rows that the statement can be slow. */
export const isDeep = ({ offset = 0 }: PaginationParams) => offset > 1000

/** Planned for these values: a count of all rows and a count of a few need different plans. */
export const countRows = (
  db: Database["Service"],
  owner: UserId,
  table: string,
  where: string,
  params: ReadonlyArray<unknown>
) => {
  const text = `select count(*)::int as total from ${table} where ${where}`
  return Effect.map(
    db.heavy(db.query<{ total: number }>(owner, text, params, { plan: "fresh" })),
    ([row]) => row?.total
  )
}

interface Source<Key extends string> {
  readonly table: string
  readonly columns: string
  readonly where: string
  readonly key: Key
}

/** A list without filters: the owner's rows, the latest first by the key, which is a timestamp. */
export const listByTime = Effect.fnUntraced(function* <
  Key extends string,
  Row extends { readonly id: string } & { readonly [key in Key]: string }
>(db: Database["Service"], { columns, key, table, where }: Source<Key>, owner: UserId, query: ListQuery) {
  const { cursor } = query
  const { add, params } = parameters()
  const after = cursor === undefined ? "" : `and (${key}, id) < (${add(cursor.key)}, ${add(cursor.id)})`
  const text = `select ${columns} from ${table} where ${where} ${after} order by ${key} desc, id desc ${limitClause(query, add)}`
  const statement = db.query<Row>(owner, text, params)
  const rows = yield* isDeep(query) ? db.heavy(statement) : statement
  const total = query.count && (yield* countRows(db, owner, table, where, []))
  return buildPage(rows, query, (row) => ({ key: row[key], id: row.id }), total)
})
