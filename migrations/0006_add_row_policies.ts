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
  const isNamed = sql`user_id = current_setting('tasks.user_id', true)`
  for (const table of ["project", "tag", "task_tag"]) {
    yield* sql`create policy tenant_isolation on ${sql(table)} using (${isNamed}) with check (${isNamed})`
  }

  // What is removed for every user at once: only by a transaction that says so, only what was kept long
  // enough, and nothing can be written that way. What hangs on the rows goes with them: a foreign key's
  // own work is not subject to policies.
  //
  // A policy of its own would be joined to the other by "or", and the planner would look for both kinds of
  // rows in the indexes, for every statement. A "case" leaves the way to the statement's own conditions.
  for (const [table, isOld] of [
    ["task", sql`deleted_at < now() - interval '30 days'`],
    ["idempotency_key", sql`created_at <= now() - interval '1 day'`]
  ] as const) {
    yield* sql`
      create policy tenant_isolation on ${sql(table)}
        using (case when current_setting('tasks.purging', true) = 'on' then ${isOld} else ${isNamed} end)
        with check (${isNamed})
    `
  }
})
