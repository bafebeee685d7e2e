import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // Where most users have one task, PostgreSQL expects one row of a user, so that any index that begins with the user seems
  // as good as the primary key to find a task by its id. For a user with many tasks it then reads all of them. With ten
  // tasks of each user (a tenth as many users as tasks), only the primary key finds one row. Takes effect with the next
  // `analyze`, which autovacuum also runs.
  yield* sql`alter table task alter column user_id set (n_distinct = -0.1)`
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table task alter column user_id reset (n_distinct)`
})
