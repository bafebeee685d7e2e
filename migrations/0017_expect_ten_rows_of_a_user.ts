import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const tables = ["project", "tag", "task", "task_tag", "deletion"]

// Where most users have one row, PostgreSQL expects one row of a user, so that any index that begins with the user seems as
// good as the primary key to find a row by its id. For a user with many rows it then reads all of them. With ten rows of
// each user (a tenth as many users as rows), only the primary key finds one. Takes effect with the next `analyze`, which
// autovacuum runs.
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const table of tables) yield* sql`alter table ${sql(table)} alter column user_id set (n_distinct = -0.1)`
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const table of tables) yield* sql`alter table ${sql(table)} alter column user_id reset (n_distinct)`
})
