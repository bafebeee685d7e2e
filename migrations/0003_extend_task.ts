import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // priority_rank puts priorities in their order, which is not that of their names.
  //
  // position is a fractional index: text that sorts by its bytes (hence "C"), with room between any
  // two. A new task goes to the end without anyone reading where that is: a key may begin with a whole
  // number of any length, "n" says that it has 14 digits, and microseconds since 1970 fill those for a
  // long time. Two tasks of one microsecond are told apart by their ids.
  yield* sql`
    alter table task
      add column priority text not null default 'none' check (priority in ('none', 'low', 'medium', 'high')),
      add column priority_rank smallint not null generated always as
        (case priority when 'none' then 0 when 'low' then 1 when 'medium' then 2 else 3 end) stored,
      add column due_at timestamptz(3),
      add column project_id uuid,
      add column position text collate "C" not null
        default 'n' || lpad(to_hex((extract(epoch from clock_timestamp()) * 1000000)::bigint), 14, '0')
        check (position ~ '^[A-Za-z][0-9A-Za-z]*$' and char_length(position) <= 1000),
      add column completed_at timestamptz(3),
      add column deleted_at timestamptz(3)
  `
  yield* sql`
    update task set
      completed_at = case status when 'completed' then updated_at end,
      position = 'n' || lpad(to_hex((extract(epoch from created_at) * 1000000)::bigint), 14, '0')
  `

  // The owner is part of every foreign key: a row of one user cannot even refer to another's. Deleting
  // a project sets its tasks free in the same statement, and they count that as a change, so there is
  // no "on delete set null" that would do it behind their version's back.
  yield* sql`
    alter table task
      add constraint task_completed_at check ((status = 'completed') = (completed_at is not null)),
      add constraint task_project_id foreign key (user_id, project_id) references project (user_id, id)
  `

  // An index for each order that a list can be asked for, of what is not in the trash. Read backwards it
  // serves the other direction too, but for due_at: tasks without one come last either way.
  yield* sql`drop index task_by_created_at`
  for (const [name, key] of [
    ["created_at", "created_at"],
    ["updated_at", "updated_at"],
    ["due_at", "coalesce(due_at, timestamptz 'infinity')"],
    ["due_at_desc", "coalesce(due_at, timestamptz '-infinity')"],
    ["priority", "priority_rank"],
    ["position", "position"],
    ["title", 'lower(title) collate "C"']
  ] as const) {
    yield* sql`
      create index ${sql(`task_by_${name}`)} on task (user_id, (${sql.literal(key)}), id) where deleted_at is null
    `
  }
  yield* sql`create index task_by_deleted_at on task (user_id, deleted_at, id) where deleted_at is not null`
  yield* sql`create index task_to_purge on task (deleted_at) where deleted_at is not null`
  yield* sql`create index task_by_project_id on task (user_id, project_id) where project_id is not null`
  // A project has one owner. Unless told so, the planner takes the two for unrelated, thinks that a large
  // project has hardly any tasks, and reads and sorts all of it where the order's index would do.
  yield* sql`create statistics task_project_has_one_owner (dependencies) on user_id, project_id from task`

  yield* sql`
    create table task_tag (
      user_id text not null,
      task_id uuid not null,
      tag_id uuid not null,
      primary key (user_id, task_id, tag_id),
      constraint task_tag_task_id foreign key (user_id, task_id) references task (user_id, id) on delete cascade,
      constraint task_tag_tag_id foreign key (user_id, tag_id) references tag (user_id, id) on delete cascade
    )
  `
  yield* sql`create index task_tag_by_tag_id on task_tag (user_id, tag_id, task_id)`
  yield* sql`create statistics task_tag_has_one_owner (dependencies) on user_id, tag_id from task_tag`
})
