import type { SqlClient } from "effect/sql"

/** The columns that stand in the row itself. */
export const ownColumns = (sql: SqlClient.SqlClient) =>
  sql.literal(
    "id, title, description, status, priority, due_at, project_id, position, completed_at, version, user_id, created_at, updated_at"
  )

/** The tags of a row, in the order of their ids. */
export const tagsOf = (sql: SqlClient.SqlClient, row: string) => sql`
  array(select tag_id from task_tag where task_tag.user_id = ${sql(row)}.user_id and task_id = ${sql(row)}.id order by tag_id)
`

/** A row of `task` as the contract has it, tags included. */
export const taskColumns = (sql: SqlClient.SqlClient) => sql`${ownColumns(sql)}, ${tagsOf(sql, "task")} as tag_ids`
