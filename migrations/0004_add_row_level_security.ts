import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // Policies do nothing until row-level security is enabled on their table, which is what DATABASE_RLS decides. Then a
  // statement sees the rows of one user, the one that its transaction names, whatever its own conditions are.
  //
  // Where none is named, the setting is null, or '' once an earlier transaction of the session named one. Neither equals
  // any user_id: such a statement finds nothing and can write nothing.
  const isOwner = sql`user_id = current_setting('tasks.user_id', true)`
  const isPurging = sql`current_setting('tasks.purging', true) = 'on'`
  for (const table of ["project", "tag", "task_tag"]) {
    yield* sql`create policy tenant_isolation on ${sql(table)} using (${isOwner}) with check (${isOwner})`
  }

  // Expired rows are removed for all users at once: only by a transaction that says so, and only expired ones. Rows that
  // depend on them go too, because the work of foreign keys is not subject to policies.
  //
  // A policy of its own would be combined with the other by "or", and the planner would look for both kinds of rows in
  // the indexes, for every statement. "case" leaves the statement's own conditions usable.
  for (const [table, isExpired] of [
    ["task", sql`deleted_at < now() - interval '30 days'`],
    ["idempotency_key", sql`created_at <= now() - interval '1 day'`]
  ] as const) {
    yield* sql`
      create policy tenant_isolation on ${sql(table)}
        using (case when ${isPurging} then ${isExpired} else ${isOwner} end)
        with check (${isOwner})
    `
  }
  yield* sql`
    create policy tenant_isolation on deletion
      using (case when ${isPurging} then true else ${isOwner} end)
      with check (case when ${isPurging} then true else ${isOwner} end)
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const table of ["project", "tag", "task_tag", "task", "idempotency_key", "deletion"]) {
    // Without a policy, enabled row-level security would hide every row.
    yield* sql`alter table ${sql(table)} disable row level security, no force row level security`
    yield* sql`drop policy tenant_isolation on ${sql(table)}`
  }
})
