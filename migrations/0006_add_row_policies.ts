import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // The second wall. A policy does nothing until row level security is in force on its table, which is for
  // DATABASE_RLS to say. Then a statement meets the rows of one user, the one that its transaction names,
  // whatever its own conditions are.
  //
  // Not named, the user is null, or '' once an earlier transaction of the session named one. Neither is
  // equal to any user_id: who forgets to say for whom it is finds nothing and can write nothing.
  for (const table of ["project", "tag", "task", "task_tag", "idempotency_key"]) {
    yield* sql`
      create policy of_owner on ${sql(table)}
        using (user_id = current_setting('tasks.user_id', true))
        with check (user_id = current_setting('tasks.user_id', true))
    `
  }

  // What is removed for every user at once: only by a transaction that says so, only what was kept long
  // enough, and nothing can be written that way. What hangs on the rows goes with them: a foreign key's
  // own work is not subject to policies.
  yield* sql`
    create policy of_purge on task
      using (current_setting('tasks.purging', true) = 'on' and deleted_at < now() - interval '30 days')
      with check (false)
  `
  yield* sql`
    create policy of_purge on idempotency_key
      using (current_setting('tasks.purging', true) = 'on' and created_at <= now() - interval '1 day')
      with check (false)
  `
})
