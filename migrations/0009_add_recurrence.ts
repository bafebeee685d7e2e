import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  yield* sql`alter table task add column recurrence jsonb`

  // The occurrences of recurring tasks that were completed. A version of a task is completed at most once, so that two
  // devices that complete what both of them see complete one occurrence.
  yield* sql`
    create table task_completion (
      user_id text not null,
      task_id uuid not null,
      version integer not null,
      due jsonb,
      completed_at timestamptz(3) not null default now(),
      primary key (user_id, task_id, version),
      constraint task_completion_task_id
        foreign key (user_id, task_id) references task (user_id, id) on delete cascade
    )
  `
  const isOwner = sql`user_id = current_setting('tasks.user_id', true)`
  yield* sql`create policy tenant_isolation on task_completion using (${isOwner}) with check (${isOwner})`
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`drop table task_completion`
  yield* sql`alter table task drop column recurrence`
})
