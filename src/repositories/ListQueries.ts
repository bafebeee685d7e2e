import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { defaultLimit, type ListQuery, type Page, type PageKey, type PaginationParams } from "../domain/Pagination.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { onHeavyPool } from "./QueryRunner.ts"
import { runAsUser } from "./RowLevelSecurity.ts"

/** The condition of a write, as a term of its statement: a check before it would be a check of the past. */
export const versionCondition = (sql: SqlClient.SqlClient, expected: VersionMatch | undefined) =>
  expected === undefined || expected === "*" ? sql`` : sql`and version in ${sql.in(expected)}`

/** A page of rows, of which one more was read than it shows: that one tells whether there is another page. */
export const buildPage = <Row>(
  rows: ReadonlyArray<Row>,
  { limit = defaultLimit }: PaginationParams,
  positionOf: (row: Row) => PageKey,
  total: number | undefined
): Page<Row> => {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.slice(0, limit), next: last && positionOf(last), total }
}

/** Reads a page. Rows that are passed over on the way to it take their time too. */
export const readPage = <A, E, R>({ offset = 0 }: PaginationParams, rows: Effect.Effect<A, E, R>) =>
  offset > 1000 ? onHeavyPool(rows) : rows

/** Planned for the values at hand: what counts all rows and what counts a few should not share a plan. */
export const countRows = (sql: SqlClient.SqlClient, owner: UserId, table: string, where: Statement.Fragment) =>
  Effect.map(
    onHeavyPool(
      runAsUser(owner)(
        sql<{ total: number }>`select count(*)::int as total from ${sql(table)} where ${where}`.unprepared
      )
    ),
    ([row]) => row?.total
  )

interface Dated {
  readonly id: string
  readonly created_at: string
}

/** A list that is only walked: the owner's rows, newest first. */
export const listByCreatedAt = Effect.fnUntraced(function* <Row extends Dated>(
  sql: SqlClient.SqlClient,
  table: string,
  columns: Statement.Fragment,
  owner: UserId,
  query: ListQuery
) {
  const { cursor, limit = defaultLimit, offset = 0 } = query
  const statement = sql<Row>`
    select ${columns} from ${sql(table)}
    where user_id = ${owner} ${cursor === undefined ? sql`` : sql`and (created_at, id) < (${cursor.key}, ${cursor.id})`}
    order by created_at desc, id desc
    limit ${limit + 1} offset ${offset}
  `
  const rows = yield* readPage(query, runAsUser(owner)(statement))
  const counted = query.count && (yield* countRows(sql, owner, table, sql`user_id = ${owner}`))
  return buildPage(rows, query, ({ created_at, id }) => ({ key: created_at, id }), counted)
})
