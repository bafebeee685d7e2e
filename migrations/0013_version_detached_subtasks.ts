import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // When a task is deleted for good, its foreign key makes tasks of their own of the subtasks that are left, such as those
  // that were moved to the trash before it. A task with another parent is another version.
  yield* sql`
    create function version_detached_subtask() returns trigger language plpgsql as $$
    begin
      new.version := old.version + 1;
      new.updated_at := now();
      return new;
    end $$
  `
  yield* sql`
    create trigger version_detached_subtask before update of parent_id on task
    for each row when (old.parent_id is not null and new.parent_id is null and new.version = old.version)
    execute function version_detached_subtask()
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`drop trigger version_detached_subtask on task`
  yield* sql`drop function version_detached_subtask()`
})
